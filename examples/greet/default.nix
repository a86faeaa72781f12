# One C file, compiled and linked.
with import ../../machine/evaluator/cartenix;
build {
  name = "greet";
  source = ./greet.c;
  script = ''
    mkdir -p $out/bin
    gcc -O2 -Wall -Werror -o $out/bin/greet $source
    $out/bin/greet Cartenix
  '';
}
