# A build that prints a reason and fails.
with import ../../machine/evaluator/cartenix;
build {
  name = "failing";
  script = "echo 'this build fails on purpose' >&2; exit 3";
}
