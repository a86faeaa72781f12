/**
 * The shell program that starts a watcher in the background and then becomes the server, in the same process group. The
 * watcher reads from a pipe to us, which the kernel closes however we exit, `kill -9` included; it then kills the group:
 * the server, all its forks, and itself. A fork in progress cannot escape, since the kernel signals a group as a whole.
 */
export const SERVER_UNDER_WATCH = [
  `{ read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 &`,
  'exec "$@" 3<&-',
].join("\n");

/** The watcher's file descriptor of the pipe. Not stdin: Node closes that when the first server exits, even if forks live on. */
export const WATCHED_DESCRIPTOR = 3;
