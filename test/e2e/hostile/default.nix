# Hostile builds. `hostile` depends on all of them, so that its closure is a bundle for each.
with import ../../../machine/evaluator/cartenix;
let
  repeat = builtins.concatStringsSep;
  # More folders than a process can have open at once.
  deep = repeat "/" (builtins.genList (_: "a") 1100);
  # Twice this is longer than any path may be.
  long = repeat "/" (builtins.genList (_: repeat "" (builtins.genList (_: "long") 50)) 12);

  scripts = {
    # Missing outputs, and outputs that must not be relied on.
    writable-by-all = "echo > $out; chmod 666 $out";
    fifo = "mkfifo $out";
    no-output = "true";
    other-name = "echo > /nix/store/00000000000000000000000000000000-intruder; echo > $out";
    link-to-outside = "ln -s /etc/passwd $out";
    odd-names = ''mkdir $out; echo > "$out/$(printf 'a\nb')"; echo > "$out/..."; echo > "$out/ "'';
    too-deep = ''mkdir $out; cd $out; for i in 1 2; do mkdir -p ${long}; cd -P ${long}; done'';

    # Leftovers in the build's folder.
    deep-remains = "echo > $out; mkdir -p ${deep}";
    locked-remains = "mkdir -p a/b; echo > a/b/c; chmod 0 a/b; chmod 0 a; echo > $out";

    # Excessive use of resources.
    processes = "for i in $(seq 300); do sleep 1000 & done; echo > $out";
    memory = "dd if=/dev/zero of=$out bs=400M count=1";
    disk = "for i in 1 2 3; do ${busybox}/bin/busybox fallocate -l 200M $i; done; sleep 3; echo > $out";
    one-file = "truncate -s 300M $out";
    files = "mkdir a; cd a; seq 21000 | xargs touch; echo > $out";
    log = "yes $(printf '%04000d' 0) | head -n 1200; echo > $out";
  };
  scripted = builtins.attrValues (
    builtins.mapAttrs (name: script: build { name = "hostile-${name}"; inherit script; }) scripts
  );
  compiled = map (
    name:
    build {
      name = "hostile-${name}";
      source = ./. + "/${name}.c";
      input = builtins.toFile "input" "what another build relies on\n";
      script = "gcc -o ${name} $source; ./${name} $input";
    }
  ) [ "escape" "remain" ];
in
build {
  name = "hostile";
  script = "exit 1";
  attempts = scripted ++ compiled;
}
