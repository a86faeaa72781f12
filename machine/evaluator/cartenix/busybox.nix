# The first program: another busybox, which the sandbox of the seed's job lends as /bin/busybox, takes it out of its package.
# Its hash is fixed, so that what builds with it does not depend on that one.
{ package }:
derivation {
  name = "busybox";
  system = "riscv64-linux";
  builder = "/bin/busybox";
  args = [
    "sh"
    "-euc"
    "mkdir -p $out/bin; ar -p $package data.tar.xz | xz -d | tar -x -f - -O ./usr/bin/busybox > $out/bin/busybox; chmod 755 $out/bin/busybox"
  ];
  inherit package;
  outputHashMode = "recursive";
  outputHashAlgo = "sha256";
  outputHash = (builtins.fromJSON (builtins.readFile ../../packages/lock/busybox.json)).narHash;
}
