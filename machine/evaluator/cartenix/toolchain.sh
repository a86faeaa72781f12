# Takes what a C compiler needs out of Debian's packages and lays it out so that each program finds the others below $out:
# gcc's own folder comes first in its searches, and a `specs` file gives every linked program $lib's loader and libraries.

triplet=riscv64-linux-gnu
gcc=lib/gcc/$triplet/12
include=$triplet/include
loader=$lib/lib/ld-linux-riscv64-lp64d.so.1

run_time='
  ld-linux-riscv64-lp64d.so.1 libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libutil.so.1 libresolv.so.2
  libanl.so.1 libnss_files.so.2 libnss_dns.so.2
'
binutils='addr2line ar nm objcopy objdump ranlib readelf size strings strip'
busybox_tools='
  [ awk base64 basename bc bunzip2 bzcat bzip2 cat chgrp chmod chown cmp cp cpio cut date dc dd df diff dirname dos2unix
  dpkg-deb du echo ed egrep env expand expr factor false fgrep find fold getopt grep groups gunzip gzip head hexdump
  hostname id install kill link ln ls lzcat lzma md5sum mkdir mkfifo mktemp mv nl nproc od paste patch printf ps pwd
  readlink realpath rev rm rmdir sed seq sha1sum sha256sum sha512sum shred shuf sleep sort stat stty sync tac tail
  tee test time timeout touch tr true truncate tty uname uncompress unexpand uniq unix2dos unlink unlzma unxz unzip
  uudecode uuencode wc which who whoami xargs xxd xz xzcat yes zcat
'

# of a package, the named files and folders below /usr
unpack() {
  package=$1
  shift
  ar -p "$package" data.tar.xz | xz -d | tar -x -f - $(printf './usr/%s ' "$@")
}
put_in_front() {
  for name in $2; do echo "$1$name"; done
}

mkdir -p "$out/bin" "$out/lib" "$out/$triplet" "$lib"

# what a linked program needs when it runs
unpack $libc6 $(put_in_front "lib/$triplet/" "$run_time")
unpack $libgcc_s1 lib/$triplet
mv usr/lib/$triplet "$lib/lib"

# what the toolchain's own programs need besides, under the names that they ask for
for package in $libacl1 $libbinutils $libctf0 $libctf_nobfd0 $libgmp10 $libisl23 $libjansson4 $libmpc3 $libmpfr6 $libpcre2_8_0 \
  $libselinux1 $libsframe1 $libstdcxx6 $libtinfo6 $libzstd1 $zlib1g; do
  unpack $package lib/$triplet
done
mv usr/lib/$triplet libraries
for library in $(ls libraries | grep -E '(\.so\.[0-9]+|-system\.so)$' | grep -v -E '^lib(stdc|tic)'); do
  cp -L "libraries/$library" "$out/lib"
done

# headers, and what the linker takes
unpack $libc6_dev include lib/$triplet
unpack $linux_libc_dev include/linux include/asm-generic include/mtd include/scsi lib/linux/uapi/riscv
unpack $libgcc_12_dev $gcc
rm -r usr/$gcc/*san* usr/$gcc/include/sanitizer usr/$gcc/libgomp.* usr/$gcc/libbacktrace.a usr/$gcc/libatomic.so
rm -r usr/lib/$triplet/*.so usr/lib/$triplet/audit usr/lib/$triplet/libmcheck.a usr/lib/$triplet/libBrokenLocale.a usr/lib/$triplet/libg.a
mv usr/include/$triplet "$out/$include"
mv usr/include/* usr/lib/linux/uapi/riscv/asm "$out/$include"
mv usr/lib/gcc "$out/lib"
mv usr/lib/$triplet/* "$out/$gcc"
echo "GROUP($lib/lib/libc.so.6 $out/$gcc/libc_nonshared.a AS_NEEDED($loader))" > "$out/$gcc/libc.so"
echo "GROUP($lib/lib/libgcc_s.so.1 -lgcc)" > "$out/$gcc/libgcc_s.so"
ln -s "$lib/lib/libm.so.6" "$out/$gcc/libm.so"
ln -s "$lib/lib/libresolv.so.2" "$out/$gcc/libresolv.so"

# programs
unpack $cpp_12 $gcc/cc1
unpack $gcc_12 bin/$triplet-gcc-12
unpack $binutils_riscv64_linux_gnu $(put_in_front "bin/$triplet-" "as ld.bfd $binutils")
unpack $make bin/make
unpack $dash bin/dash
unpack $bash bin/bash
unpack $mawk bin/mawk
unpack $tar bin/tar
unpack $patchelf bin/patchelf
mv usr/$gcc/* "$out/$gcc"
mv usr/bin/$triplet-as "$out/$gcc/as"
mv usr/bin/$triplet-ld.bfd "$out/$gcc/ld"
mv usr/bin/patchelf .
for program in usr/bin/*; do
  name=${program##*/$triplet-}
  mv "$program" "$out/bin/${name##*/}"
done
mv "$out/bin/gcc-12" "$out/bin/gcc"
ln -s gcc "$out/bin/cc"
ln -s dash "$out/bin/sh"
ln -s ../$gcc/as ../$gcc/ld "$out/bin"
for tool in $busybox_tools; do
  ln -s "$busybox/bin/busybox" "$out/bin/$tool"
done

# gcc and cc1 break when patchelf does both at once, or the interpreter first
patch_programs() {
  (cd "$out/bin" && $loader --library-path "$lib/lib:$OLDPWD/libraries" "$OLDPWD/patchelf" "$@" \
    gcc make dash bash mawk tar $binutils ../$gcc/cc1 ../$gcc/as ../$gcc/ld)
}
patch_programs --force-rpath --set-rpath "$out/lib:$lib/lib"
patch_programs --set-interpreter "$loader"

export PATH="$out/bin"

# gcc's own specs, and then: no link-time optimisation, so ld is called directly, and the loader and libraries of $lib
gcc -dumpspecs > specs
cat >> specs << END
*self_spec:
+ -fno-use-linker-plugin

*linker:
ld

*link:
+ %{!static:%{!static-pie:%{!r:-rpath $lib/lib --disable-new-dtags %{!shared:-dynamic-linker $loader}}}}

END
mv specs "$out/$gcc"

# does it work?
cat > try.c << END
#include <math.h>
#include <pthread.h>
#include <stdio.h>
static void *work(void *argument) { return argument; }
int main(int count, char **words) {
  pthread_t thread;
  pthread_create(&thread, 0, work, 0);
  pthread_join(thread, 0);
  return printf("%f\n", sqrt(count)) != 9;
}
END
for how in -O2 -static; do
  gcc $how -Wall -o try try.c -lm -pthread
  ./try
done
