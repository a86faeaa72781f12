# Derivations that need Nix's experimental features: their outputs have no path before they are built.
let
  sh = name: extra: derivation ({ inherit name; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo > $out" ]; } // extra);
  floating = sh "floating" { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };
in
{
  inherit floating;
  impure = sh "impure" { __impure = true; };
  deferred = sh "deferred" { inherit floating; };
  text = sh "text.drv" { outputHashMode = "text"; outputHashAlgo = "sha256"; outputHash = builtins.hashString "sha256" "\n"; };
  git = sh "git" { outputHashMode = "git"; outputHashAlgo = "sha1"; outputHash = builtins.hashString "sha1" "\n"; };
}
