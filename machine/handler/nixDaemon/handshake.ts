import type { Connection } from "./connection.ts";
import { readMessages } from "./messages.ts";
import { NixProtocolError } from "./nixDaemonErrors.ts";
import { WireWriter } from "./wireWriter.ts";

const CLIENT_MAGIC = 0x6e697863;
const SERVER_MAGIC = 0x6478696f;
/**
 * 1.19 as one number. From 1.20 on the daemon sends every line that a builder writes as a separate message; a verbose build
 * would cost this process hundreds of millions of cycles. Nix keeps the log in a file anyway.
 */
const PROTOCOL_VERSION = 0x113;
/** 1.34: the version that added the newest operation used here. */
const MIN_DAEMON_VERSION = 0x122;

/**
 * Opens a session with a daemon.
 *
 * @throws {NixProtocolError} when the other side is not a nix-daemon, or too old.
 */
export async function handshake(connection: Connection): Promise<void> {
  connection.send(new WireWriter().number(CLIENT_MAGIC).parts());
  const version = await connection.receive((reader) => {
    if (reader.number() !== SERVER_MAGIC) {
      throw new NixProtocolError("the socket does not belong to a nix-daemon");
    }
    return reader.number();
  });
  if (version < MIN_DAEMON_VERSION) {
    throw new NixProtocolError(
      `nix-daemon speaks protocol version ${version}, older than the required ${MIN_DAEMON_VERSION}`,
    );
  }
  const noAffinity = 0;
  const noReserve = 0;
  connection.send(new WireWriter().number(PROTOCOL_VERSION).number(noAffinity).number(noReserve).parts());
  await connection.receive(readMessages);
}
