# What a builder sees around it, and what its /bin/sh runs. `sandbox` needs both, so that its closure is a bundle for either.
with import ../../../machine/evaluator/cartenix;
let
  probe = derivation {
    name = "sandbox-probe";
    inherit system;
    builder = "/bin/sh";
    args = [ ./probe.sh ];
  };
  # make runs a line with a shell's operator by /bin/sh, as the Makefile of lz4 1.10.0 does with `ar rcs`.
  archive = build {
    name = "sandbox-archive";
    makefile = builtins.toFile "Makefile" ''
      program: main.c libgreet.a
      	gcc main.c -L. -lgreet -o $@ && ./$@ > $(out)
      libgreet.a: greet.o
      	@echo archiving && ar rcs $@ $^
      greet.o: greet.c
      	gcc -c -o $@ $<
    '';
    script = ''
      echo 'int puts(const char *); void greet(void) { puts("from an archive"); }' > greet.c
      echo 'void greet(void); int main(void) { greet(); return 0; }' > main.c
      make -f $makefile
      mkdir first
      printf '#!%s\necho "the first ar on PATH: $*"\n' /bin/sh > first/ar
      chmod 755 first/ar
      PATH=$PWD/first:$PATH /bin/sh -c 'ar rcs libgreet.a' >> $out
    '';
  };
in
build {
  name = "sandbox";
  script = "exit 1";
  inherit probe archive;
}
