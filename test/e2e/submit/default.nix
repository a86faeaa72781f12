# Packages as people have them: from tarballs and folders that are only held, none of them in the repository.
{
  greeting,
  made,
  configured,
  tree,
  url,
}:
let
  inherit (import <cartenix>) build;

  fixedOutput =
    attributes:
    derivation (
      {
        system = "builtin";
        builder = "builtin:fetchurl";
      }
      // attributes
    );

  words = build {
    name = "words";
    inherit greeting;
    script = "echo $greeting > $out";
  };
in
{
  # by plain make, from a tarball by sha256
  made = build {
    name = "made";
    source = fixedOutput {
      name = "made.tar.gz";
      outputHashAlgo = "sha256";
      outputHash = made;
    };
    script = ''
      tar -x -z -f $source
      make -r -C made SHELL=$CONFIG_SHELL prefix=$out install
    '';
  };

  # by configure and make, from a tarball by sha512 that is downloaded
  configured = build {
    name = "configured";
    source = fixedOutput {
      name = "configured.tar.gz";
      outputHashAlgo = "sha512";
      outputHash = configured;
      inherit url;
    };
    script = ''
      tar -x -z -f $source
      cd configured
      $CONFIG_SHELL ./configure --prefix=$out
      make -r SHELL=$CONFIG_SHELL install
    '';
  };

  # from an unpacked folder
  unpacked = build {
    name = "unpacked";
    source = fixedOutput {
      name = "tree";
      outputHashMode = "recursive";
      outputHashAlgo = "sha256";
      outputHash = tree;
    };
    script = "sh $source/run > $out";
  };

  # from another derivation of one's own, which depends on an argument
  two = build {
    name = "two";
    inherit words;
    script = "cat $words $words > $out";
  };

  broken = build {
    name = "broken";
    script = "echo the reason; exit 3";
  };
}
