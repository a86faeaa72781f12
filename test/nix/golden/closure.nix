# What the golden closure is made of: one of each kind of store path that the machine meets.
let
  system = "x86_64-linux";
  sh = name: script: extra: derivation ({ inherit name system; builder = "/bin/sh"; args = [ "-c" script ]; } // extra);

  abc = algorithm: sh "abc-${algorithm}" "printf abc > $out" {
    outputHashMode = "flat";
    outputHashAlgo = algorithm;
    outputHash = builtins.hashString algorithm "abc";
  };

  # The same output, made in two ways: dependants must not notice which.
  twin = script: sh "twin" script {
    outputHashMode = "flat";
    outputHashAlgo = "sha256";
    outputHash = builtins.hashString "sha256" "twin";
  };

  src = ./tree;
  note = builtins.toFile "note.txt" "see ${src}\n";
  flatSource = builtins.path { path = ./tree/a/file; name = "flat_source+?=.x"; recursive = false; };

  lib = sh "lib-1.0" "echo $dep > $out; echo $out > $dev; echo doc > $doc" {
    outputs = [ "out" "dev" "doc" ];
    dep = note;
    empty = "";
  };
  odd = sh ".odd" ''
    echo "quotes \"\" back\slash	tab" > $out
  '' { "ü" = "\r\n\t\\ \"  é 𝄞"; "😀" = "astral"; "" = "no name"; args2 = [ 1 true "x" ]; };
  structured = derivation {
    name = "structured";
    inherit system lib;
    builder = "/bin/bash";
    args = [ "-c" ". \"$NIX_ATTRS_SH_FILE\"; echo \"$lib\" > \"\${outputs[out]}\"" ];
    __structuredAttrs = true;
    list = [ 1 2.5 null true { a = "b"; } ];
  };
in
sh "top" "echo $all $dev $self_ $out > $out; echo $fixed >> $out" {
  inherit odd src flatSource;
  dev = lib.dev;
  all = "${lib} ${lib.doc}";
  first = twin "printf twin > $out";
  second = twin "printf '%s' twin > $out";
  fixed = map abc [ "md5" "sha1" "sha256" "sha512" ];
  recursive = sh "recursive" "printf abc > $out" {
    outputHashMode = "recursive";
    outputHash = "sha256:0c2jffsl15masdjkw0akr32jl4daplrwaq81lapg84nqai3ip9qi";
  };
  # A .drv as a source, and one with everything it can build.
  drvAsSource = builtins.unsafeDiscardOutputDependency lib.drvPath;
  drvWithOutputs = structured.drvPath;
}
