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
  /** Kills the server and all its forks when aborted. */
  signal?: AbortSignal | undefined;
  /**
   * Is called with each line of the server's log and, once a machine runs, of its console. Do not trust what a machine
   * prints: strip control characters before printing it to a terminal.
   */
  log?: ((line: string) => void) | undefined;
}

const PROTOCOL_VERSION = "0.6.0";

/**
 * Starts the Cartesi Machine's server, still without a machine, in a network of its own that only we can connect to.
 *
 * @throws {UnsupportedPlatformError} when there is no emulator for this computer.
 * @throws {EmulatorMissingError} when the emulator's npm package is not installed.
 * @throws {PrivateNetworkError} when this host does not allow such a network.
 * @throws {EmulatorStartError} when the server does not start.
 * @throws {EmulatorVersionError} when the server is not the expected version.
 */
export async function startEmulator(options: StartEmulatorOptions = {}): Promise<Emulator> {
  const { signal, log } = options;
  signal?.throwIfAborted();
  const command = await serverCommand();
  const { address, group } = await startServer(command, log);
  await killOnAbort(group, signal);

  const rpc = createRpcClient(() => group.connect(address), group.fate);
  try {
    const version = await rpc.call("get_version", [], decodeVersion);
    if (version !== PROTOCOL_VERSION) {
      throw new EmulatorVersionError(version, PROTOCOL_VERSION);
    }
  } catch (error) {
    await group.kill();
    throw error;
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
