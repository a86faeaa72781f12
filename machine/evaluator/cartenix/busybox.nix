# The first program: the sandbox's own /bin/sh takes it out of its package. Its hash is fixed, so that what builds with it
# does not depend on that shell.
{ package }:
derivation {
  name = "busybox";
  system = "riscv64-linux";
  builder = "/bin/sh";
  args = [
    "-euc"
    "mkdir -p $out/bin; ar -p $package data.tar.xz | xz -d | tar -x -f - -O ./usr/bin/busybox > $out/bin/busybox; chmod 755 $out/bin/busybox"
  ];
  inherit package;
  outputHashMode = "recursive";
  outputHashAlgo = "sha256";
  outputHash = (builtins.fromJSON (builtins.readFile ../../packages/lock/busybox.json)).narHash;
}
