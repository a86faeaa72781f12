# A C compiler that is ten times quicker than gcc on tiny files: for the probes of `configure` scripts.
{ toolchain, source }:
derivation {
  name = "tcc";
  system = "riscv64-linux";
  builder = "${toolchain}/bin/sh";
  args = [ "-eu" ./tcc.sh ];
  PATH = "${toolchain}/bin";
  inherit source toolchain;
  inherit (toolchain) lib;
  correction = ./tcc.patch;
}
