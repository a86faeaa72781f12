# GNU hello 2.10 from its tarball, by its own configure and make.
with import ../../machine/evaluator/cartenix;
build {
  name = "hello-2.10";
  source = sources.hello;
  script = ./build.sh;
  inherit tcc;
}
