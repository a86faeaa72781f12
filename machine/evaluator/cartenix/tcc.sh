# Compiles tcc into one static program that knows the toolchain's headers and libraries.

gcc=$toolchain/lib/gcc/riscv64-linux-gnu/12
mkdir -p source "$out/bin" "$out/lib/tcc"
tar -x -j -f "$source" -C source
cd source
patch -p1 < "$correction"

cat > config.h << END
#define TCC_VERSION "$(cat VERSION)"
#define TCC_TARGET_RISCV64 1
#define CONFIG_TCCBOOT 1
#define CONFIG_TCC_STATIC 1
#define CONFIG_TCCDIR "$out/lib/tcc"
#define CONFIG_TCC_CRTPREFIX "$gcc"
#define CONFIG_TCC_LIBPATHS "$gcc:$lib/lib"
#define CONFIG_TCC_SYSINCLUDEPATHS "{B}/include:$toolchain/riscv64-linux-gnu/include"
#define CONFIG_TCC_ELFINTERP "$lib/lib/ld-linux-riscv64-lp64d.so.1"
#define CONFIG_TCC_RPATH "$lib/lib"
END
gcc -O1 -w -static -DONE_SOURCE=1 -I. -o "$out/bin/tcc" tcc.c -lm
strip "$out/bin/tcc"

cp -r include "$out/lib/tcc"
for file in lib-arm64.c fetch_and_add_riscv64.S dsohandle.c; do
  gcc -O1 -w -c "lib/$file"
done
ar rcsD "$out/lib/tcc/libtcc1.a" lib-arm64.o fetch_and_add_riscv64.o dsohandle.o

printf '#include <stdio.h>\nint main() { return puts("tcc") < 0; }\n' > try.c
"$out/bin/tcc" -o try try.c
./try
