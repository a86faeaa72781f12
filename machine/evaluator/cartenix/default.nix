# What a Nix expression needs to be built by Cartenix: `import` this folder and use `build`.
let
  system = "riscv64-linux";
  inherit (import ./pins.nix) packages sources;
  busybox = import ./busybox.nix { package = packages.busybox-static; };
  toolchain = import ./toolchain.nix { inherit busybox packages; };
  tcc = import ./tcc.nix {
    inherit toolchain;
    source = sources.tcc;
  };

  # A derivation that runs a shell script, given as a file or as text, with the toolchain on its PATH. All other
  # attributes become its environment.
  build =
    { script, ... }@attributes:
    derivation (
      {
        inherit system;
        builder = "${toolchain}/bin/sh";
        args = if builtins.isPath script then [ "-eu" script ] else [ "-euc" script ];
        PATH = "${toolchain}/bin";
        CONFIG_SHELL = "${toolchain}/bin/sh";
      }
      // removeAttrs attributes [ "script" ]
    );
in
{
  inherit system busybox toolchain tcc build sources;
}
