export {
  appendOutput,
  OUTPUTS_TREE_HEIGHT,
  type OutputNodes,
  type OutputsEdge,
  outputHash,
  outputsEdge,
  proveOutput,
  rootOfEdge,
} from "./outputsTree.ts";
