import type { Connection } from "./connection.ts";
import { readToEnd } from "./messages.ts";
import { NixProtocolError } from "./nixDaemonErrors.ts";
import { WireWriter } from "./wireWriter.ts";

const CLIENT_MAGIC = 0x6e697863;
const SERVER_MAGIC = 0x6478696f;
/**
 * 1.19 as one number. From 1.20 on the daemon sends every line that a builder writes as a message of its own; a build that
 * says much would cost this process hundreds of millions of cycles. Nix keeps the log in a file all the same.
 */
const PROTOCOL_VERSION = 0x113;
/** 1.34 brought the last operation that is used here. */
const OLDEST_DAEMON = 0x122;

/**
 * Begins a conversation with a daemon.
 *
 * @throws NixProtocolError when it is none, or one that is too old.
 */
export async function handshake(connection: Connection): Promise<void> {
  connection.send(new WireWriter().number(CLIENT_MAGIC).parts());
  const version = await connection.receive((reader) => {
    if (reader.number() !== SERVER_MAGIC) {
      throw new NixProtocolError("no nix-daemon listens on the socket");
    }
    return reader.number();
  });
  if (version < OLDEST_DAEMON) {
    throw new NixProtocolError(`the nix-daemon is too old: ${version}`);
  }
  const noAffinity = 0;
  const noReserve = 0;
  connection.send(new WireWriter().number(PROTOCOL_VERSION).number(noAffinity).number(noReserve).parts());
  await connection.receive(readToEnd);
}
