/**
 * The shell program that becomes the server. Its arguments are the programs `ip` and `node`, the connector's script, and
 * the server's command.
 *
 * It first starts two processes beside the server, in the same process group. The watcher reads from a pipe to us, which
 * the kernel closes however we exit, `kill -9` included; it then kills the group: the server, all its forks, the
 * connector, and itself. A fork in progress cannot escape, since the kernel signals a group as a whole. The connector
 * opens our connections to the server and its forks, and alone keeps the channel.
 */
export const SERVER_UNDER_WATCH = [
  `"$1" link set lo up || exit`,
  `{ read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 4<&- &`,
  `"$2" -e "$3" >/dev/null 3<&- &`,
  "shift 3",
  "unset NODE_CHANNEL_FD NODE_CHANNEL_SERIALIZATION_MODE",
  'exec "$@" 3<&- 4<&-',
].join("\n");

/** The watcher's file descriptor of the pipe. Not stdin: Node closes that when the first server exits, even if forks live on. */
export const WATCHED_DESCRIPTOR = 3;
