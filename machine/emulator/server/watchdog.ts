/**
 * The shell program that becomes the server and leaves a watcher beside it, in the same process group. The watcher
 * holds the other end of a pipe from us, which the kernel closes however we end, kill -9 included; it then kills
 * the group: the server, every fork of it, and itself. A fork that is just being made cannot slip through: the kernel
 * signals a group as a whole.
 */
export const SERVER_UNDER_WATCH = [
  `{ read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 &`,
  'exec "$@" 3<&-',
].join("\n");

/** Where the watcher expects the pipe. Not its stdin: Node closes that as soon as the first server ends, forks or not. */
export const WATCHED_DESCRIPTOR = 3;
