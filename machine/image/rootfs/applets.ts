/** The busybox applets that the root has as programs, where no package brings its own. */
export const applets = [
  ..."awk base64 basename cat chmod chown chroot cmp cp cut date dd df diff dirname dmesg du env expr find free".split(
    " ",
  ),
  ..."grep gunzip gzip head hexdump hostname id ifconfig kill ln ls md5sum mkdir mkfifo mknod mktemp mount".split(
    " ",
  ),
  ..."mountpoint mv nice nohup od pidof pivot_root poweroff printenv printf ps pwd readlink realpath reboot".split(
    " ",
  ),
  ..."rm rmdir sed seq setsid sha256sum sleep sort stat stty sync tail tar tee test time timeout top touch tr".split(
    " ",
  ),
  ..."true false tty umount uname uniq unxz uptime wc which xargs xxd xz xzcat yes zcat".split(" "),
];
