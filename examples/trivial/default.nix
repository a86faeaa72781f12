# The smallest build: a shell writes a line.
with import ../../machine/evaluator/cartenix;
build {
  name = "trivial";
  script = "echo built > $out";
}
