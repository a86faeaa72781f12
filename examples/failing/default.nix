# A build that prints why it fails, and fails.
with import ../../machine/evaluator/cartenix;
build {
  name = "failing";
  script = "echo 'this build fails on purpose' >&2; exit 3";
}
