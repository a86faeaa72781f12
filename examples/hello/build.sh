# configure tries the compiler some 300 times on a few lines: tcc is ten times quicker at that. What is installed, gcc compiles,
# with -O1, which takes a billion cycles less than -O2.
# Both write to a file: every line to Nix wakes Nix.

logged() {
  "$@" > "$TMPDIR/log" 2>&1 || {
    cat "$TMPDIR/log"
    exit 1
  }
  cat "$TMPDIR/log"
}

tar -x -z -f "$source"
cd hello-2.10
logged $CONFIG_SHELL ./configure --prefix="$out" --build=riscv64-unknown-linux-gnu --disable-dependency-tracking --disable-nls \
  CC="$tcc/bin/tcc" CPP="$tcc/bin/tcc -E" CFLAGS=-O1 MKDIR_P="mkdir -p"
logged make -r CC=gcc SHELL="$CONFIG_SHELL" install
"$out/bin/hello"
