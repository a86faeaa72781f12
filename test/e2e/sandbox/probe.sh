# Prints what a builder sees around it, in sections, with nothing but the shell: /bin/sh of Nix's sandbox runs it.

lines_of() { while IFS= read -r line; do echo "$line"; done < "$1"; }
names_in() {
  for name in "$1"/* "$1"/.[!.]*; do
    if [ -e "$name" ] || [ -L "$name" ]; then echo "${name##*/}"; fi
  done
}
is() { if [ "$@" ]; then echo yes; else echo no; fi; }
section() { echo "== $*"; }

exec 9> "$out" >&9
section environment
export -p
section shell
for option in pipefail noexec; do
  (set -o $option) 2> /dev/null && echo "has $option"
done
echo -e 'echo -e: a\tb'
echo "arithmetic: $((1 << 40)), pattern: $(x=abcabc; echo ${x//b/-})"
section programs that are built into the shell
for name in ar awk cat chmod cp grep ls mkdir rm sed sort tar xz busybox; do
  command -v $name
done
section folder
echo "$PWD"
section standard streams
echo "input is /dev/null: $(is /dev/stdin -ef /dev/null)"
echo "errors go to a terminal: $(is -t 2)"
section open files
for name in $(names_in /proc/self/fd); do
  case $name in 9 | 10) ;; *) echo "$name" ;; esac
done
for place in / /etc /dev /dev/shm /dev/pts /build /tmp /nix /bin; do
  section names in $place
  names_in $place
done
section access
for place in / /etc /dev /dev/shm /tmp /build /nix/store /bin /bin/sh /proc; do
  echo "$place: writable $(is -w $place), sticky $(is -k $place), the builder's $(is -O $place)"
done
section devices
for file in full null random tty urandom zero ptmx; do
  echo "$file: device $(is -c /dev/$file), readable $(is -r /dev/$file), writable $(is -w /dev/$file)"
done
for file in passwd group hosts; do
  section /etc/$file
  lines_of /etc/$file
done
for name in hostname domainname; do
  section $name
  lines_of /proc/sys/kernel/$name
done
section limits
lines_of /proc/self/limits
section umask and user
while read -r key rest; do
  case $key in
    Umask: | Uid: | Gid: | Groups: | NSpid: | CapInh: | CapPrm: | CapEff: | CapAmb: | NoNewPrivs: | Seccomp:) echo "$key" $rest ;;
  esac
done < /proc/self/status
section user map
lines_of /proc/self/uid_map
lines_of /proc/self/gid_map
section control group
while read -r line; do
  case $line in 0::*) echo "$line" ;; esac
done < /proc/self/cgroup
section personality
lines_of /proc/self/personality
section places where something is mounted
while read -r _ place _; do
  case $place in /nix/store/*) ;; *) echo "$place" ;; esac
done < /proc/self/mounts
section network interfaces
while read -r name _; do
  case $name in *:*) echo "$name" ;; esac
done < /proc/net/dev
section routes
while read -r name target _; do
  [ "$name" = Iface ] || echo "$name $target"
done < /proc/net/route
section priority
read -r score < /proc/self/oom_score_adj
set -- $(lines_of /proc/self/stat)
echo "out-of-memory score $score, nice ${19}"
section processes
for name in $(names_in /proc); do
  case $name in [1-9]*) echo process ;; esac
done
