/** The busybox applets that the root has as programs, unless a package has a program of that name. */
export const APPLETS: readonly string[] = `
  awk base64 basename bunzip2 bzcat bzip2 cat chmod chown chroot cmp cp cut date dd df diff dirname dmesg du env expr
  fallocate find free grep gunzip gzip head hexdump hostname id ifconfig kill ln ls md5sum mkdir mkfifo mknod mktemp
  mount mv od pidof pivot_root poweroff printf ps pwd readlink realpath reboot rm rmdir sed seq setpriv setsid
  sha256sum sleep sort stat stty sync tail tar tee test time timeout top touch tr true false tty umount uname uniq
  unxz uptime wc which xargs xxd xz xzcat yes zcat
`
  .trim()
  .split(/\s+/);
