# Derivations as a JSON file describes them; an argument or variable may be another one's output.
let
  nodes = builtins.fromJSON (builtins.readFile ./graph.json);
  value = v: if builtins.isString v then v else (builtins.elemAt drvs v.node).${v.output};
  drvs = map (
    node:
    derivation (
      node.attributes
      // builtins.mapAttrs (_: value) node.variables
      // { args = map value node.args; }
    )
  ) nodes;
in
drvs
