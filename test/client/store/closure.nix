# A closure with all that a store holds: texts, sources, fixed outputs of each kind, derivations, and what Nix built and scanned.
let
  build =
    name: script: more:
    derivation (
      {
        inherit name;
        system = builtins.currentSystem;
        builder = "/bin/bash";
        args = [
          "-euc"
          script
        ];
      }
      // more
    );
  fixed =
    name: outputHashMode: outputHashAlgo: outputHash:
    build name "echo fixed > $out" { inherit outputHashMode outputHashAlgo outputHash; };
  text = builtins.toFile "text" "a text\n";
  library = build "library" "echo ${text} > $out" { };
  # looks as if it referred to the text, which its name does not bind
  source = builtins.path {
    name = "source";
    path = ./source;
  };
  scattered = build "scattered" ''
    /bin/mkdir -p $out/folder
    echo "a''${library:11:32}b" > $out/folder/within
    /bin/ln -s ${source}/link $out/link
    : > "$out/folder/''${unused:44}"
    echo $out > $out/itself
    printf '%070000d' 0 > $out/zeros
    printf '%s' ${program} >> $out/zeros
  '' { inherit library; unused = text; };
  program = build "program" ''
    : > $out
    /bin/chmod +x $out
    echo "echo ${library}" > $out
  '' { };
in
build "top" ''
  echo ${scattered} ${builtins.toFile "refers" "to ${text}\n"} $first $second $third $fourth $fifth > $out
'' {
  first = fixed "flat-sha256" "flat" "sha256" (builtins.hashString "sha256" "fixed\n");
  second = fixed "flat-sha512" "flat" "sha512" (builtins.hashString "sha512" "fixed\n");
  third = fixed "flat-md5" "flat" "md5" (builtins.hashString "md5" "fixed\n");
  fourth = fixed "nar-sha256" "recursive" "sha256" "NAR_SHA256";
  fifth = fixed "nar-sha512" "recursive" "sha512" "NAR_SHA512";
}
