derivation {
  name = "self";
  system = "x86_64-linux";
  builder = "/bin/sh";
  args = [ "-c" "echo $out here $out there > $out" ];
}
