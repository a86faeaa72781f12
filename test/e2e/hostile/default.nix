# Builds that mean harm. `all` needs every one of them, so that its closure is a bundle for any.
with import ../../../machine/image/seed;
let
  scripts = {
    # What is no output, or one that nobody may rely on.
    writable-by-all = "echo > $out; chmod 666 $out";
    fifo = "mkfifo $out";
    no-output = "true";
    other-name = "echo > /nix/store/00000000000000000000000000000000-intruder; echo > $out";
    link-to-outside = "ln -s /etc/passwd $out";
    odd-names = ''mkdir $out; echo > "$out/$(printf 'a\nb')"; echo > "$out/..."; echo > "$out/ "'';
    too-deep = ''mkdir $out; cd $out; for i in 1 2 3; do mkdir -p $(yes a/ | head -n 1500 | tr -d '\n'); cd -P $(yes a/ | head -n 1500 | tr -d '\n'); done'';

    # What is left in the build's folder.
    deep-remains = ''echo > $out; for i in 1 2 3; do mkdir -p $(yes a/ | head -n 1500 | tr -d '\n'); cd -P $(yes a/ | head -n 1500 | tr -d '\n'); done'';
    locked-remains = "mkdir -p a/b; echo > a/b/c; chmod 0 a/b; chmod 0 a; echo > $out";

    # What uses too much.
    processes = "for i in $(seq 300); do sleep 1000 & done; echo > $out";
    memory = "tail -n 1 /dev/zero > $out";
    disk = "for i in 1 2 3; do dd if=/dev/zero of=$i bs=1M count=200 2>&1; done; echo > $out";
    one-file = "truncate -s 300M $out";
    output = "mkdir $out; truncate -s 200M $out/a $out/b";
    files = "mkdir a; cd a; seq 25000 | xargs touch; echo > $out";
    log = "yes 'says too much' | head -n 400000; echo > $out";
    silence = "sleep 2000; echo > $out";
    time = "while true; do echo; sleep 30; done";
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
