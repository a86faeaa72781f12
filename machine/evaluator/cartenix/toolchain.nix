# gcc, binutils, glibc, make, dash, bash, mawk and busybox's tools in one store path. `lib` is what a program that they
# linked needs when it runs, and all of the toolchain that such a program refers to.
{ busybox, packages }:
let
  # gcc-12 becomes the script's variable gcc_12
  variable = builtins.replaceStrings [ "-" "+" ] [ "_" "x" ];
in
derivation (
  {
    name = "toolchain";
    system = "riscv64-linux";
    outputs = [ "out" "lib" ];
    builder = "${busybox}/bin/busybox";
    args = [ "sh" "-eu" ./toolchain.sh ];
    inherit busybox;
  }
  // builtins.listToAttrs (
    map (name: {
      name = variable name;
      value = packages.${name};
    }) (builtins.attrNames (removeAttrs packages [ "busybox-static" ]))
  )
)
