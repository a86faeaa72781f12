import { createEmulator } from "./createEmulator.ts";
import type { Emulator } from "./emulator.ts";
import { EmulatorVersionError } from "./emulatorErrors.ts";
import { decodeRecord, decodeU64 } from "./rpc/decoders.ts";
import type { ExactJson } from "./rpc/exactJson.ts";
import { createRpcClient } from "./rpc/rpcClient.ts";
import { serverCommand } from "./server/serverCommand.ts";
import type { ServerGroup } from "./server/serverGroup.ts";
import { startServer } from "./server/startServer.ts";

export interface StartEmulatorOptions {
  /** Ends the server and all forks of it at once when aborted. */
  signal?: AbortSignal | undefined;
  /** Receives the server's log and, once a machine runs, its console, line by line. What a machine prints is not to be trusted: strip control characters before it goes to a terminal. */
  log?: ((line: string) => void) | undefined;
}

const PROTOCOL_VERSION = "0.6.0";

/**
 * Starts the Cartesi Machine's server, without a machine in it yet, listening on 127.0.0.1 only.
 *
 * @throws UnsupportedPlatformError, EmulatorMissingError, EmulatorStartError, EmulatorVersionError
 */
export async function startEmulator(options: StartEmulatorOptions = {}): Promise<Emulator> {
  const { signal, log } = options;
  signal?.throwIfAborted();
  const command = await serverCommand();
  const { address, group } = await startServer(command, log);
  await killOnAbort(group, signal);

  const rpc = createRpcClient(address, group.fate);
  const version = await rpc.call("get_version", [], decodeVersion);
  if (version !== PROTOCOL_VERSION) {
    await group.kill();
    throw new EmulatorVersionError(version, PROTOCOL_VERSION);
  }
  return createEmulator(rpc, group, group.pid);
}

async function killOnAbort(group: ServerGroup, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) {
    await group.kill();
  }
  signal?.throwIfAborted();
  signal?.addEventListener("abort", group.kill);
  void group.closed.then(() => signal?.removeEventListener("abort", group.kill));
}

function decodeVersion(value: ExactJson): string {
  const { major, minor, patch } = decodeRecord(value);
  return [major, minor, patch].map((part) => decodeU64(part ?? null)).join(".");
}
