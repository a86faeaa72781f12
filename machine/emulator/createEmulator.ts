import type { Emulator } from "./emulator.ts";
import { EmulatorGoneError, EmulatorShutDownError, InputTooLongError } from "./emulatorErrors.ts";
import { toHex } from "./hex.ts";
import { CMIO_BUFFER_BYTES } from "./htif.ts";
import { readMemory, writeMemory } from "./memory.ts";
import {
  decodeBase64,
  decodeBoolean,
  decodeLoopbackAddress,
  decodeOneOf,
  decodeRecord,
  decodeTrue,
  decodeU64,
} from "./rpc/decoders.ts";
import type { ExactJson } from "./rpc/exactJson.ts";
import { createRpcClient, type RpcClient } from "./rpc/rpcClient.ts";
import { BREAK_REASONS, run } from "./run.ts";
import { endServer } from "./server/endServer.ts";
import type { ServerGroup } from "./server/serverGroup.ts";
import { loadSnapshot, storeSnapshot } from "./snapshot.ts";

const decodeBreakReason = decodeOneOf(BREAK_REASONS);
const decodeUarchBreakReason = decodeOneOf(["uarch_halted", "reached_target_cycle"]);

/** The emulator of one server, the process `pid` of a group. */
export function createEmulator(client: RpcClient, group: ServerGroup, pid: number): Emulator {
  let shutDown = false;
  const rpc: RpcClient = {
    async call(method, params, decode) {
      if (shutDown) {
        throw new EmulatorShutDownError(method);
      }
      try {
        return await client.call(method, params, decode);
      } catch (error) {
        if (shutDown && error instanceof EmulatorGoneError) {
          throw new EmulatorShutDownError(method);
        }
        throw error;
      }
    },
    close: client.close,
  };

  const emulator: Emulator = {
    processGroup: group.pid,
    async create(config) {
      await rpc.call("machine.create", [config], decodeTrue);
    },
    load: (directory) => loadSnapshot(rpc, directory),
    store: (directory) => storeSnapshot(rpc, directory),
    run: (options) =>
      run({ ...emulator, runSlice: (cycle) => rpc.call("machine.run", [cycle], decodeBreakReason) }, options),
    readMemory: (address, length) => readMemory(rpc, address, length),
    writeMemory: (address, data) => writeMemory(rpc, address, data),
    readRegister: (name) => rpc.call("machine.read_reg", [name], decodeU64),
    async writeRegister(name, value) {
      await rpc.call("machine.write_reg", [name, value], decodeTrue);
    },
    async sendCmioResponse(reason, data) {
      if (data.length > CMIO_BUFFER_BYTES) {
        throw new InputTooLongError(data.length, CMIO_BUFFER_BYTES);
      }
      const base64 = Buffer.from(data).toString("base64");
      await rpc.call("machine.send_cmio_response", [reason, base64], decodeTrue);
    },
    async runUarch(untilCycle) {
      await rpc.call("machine.run_uarch", [untilCycle], decodeUarchBreakReason);
    },
    async resetUarch() {
      await rpc.call("machine.reset_uarch", [], decodeTrue);
    },
    cycle: () => emulator.readRegister("mcycle"),
    rootHash: async () => toHex(await rpc.call("machine.get_root_hash", [], decodeBase64(32))),
    verifyHashTree: () => rpc.call("machine.verify_hash_tree", [], decodeBoolean),
    async fork() {
      const child = await rpc.call("fork", [], decodeFork);
      group.retain();
      return createEmulator(
        createRpcClient(
          () => group.connect(child.address),
          async () => `the fork's process was ${child.pid}`,
        ),
        group,
        child.pid,
      );
    },
    async shutdown() {
      if (shutDown) {
        return;
      }
      shutDown = true;
      await endServer(client, group, pid);
    },
    [Symbol.asyncDispose]: () => emulator.shutdown(),
  };
  return emulator;
}

function decodeFork(value: ExactJson): { address: string; pid: number } {
  const { address = null, pid = null } = decodeRecord(value);
  return { address: decodeLoopbackAddress(address), pid: Number(decodeU64(pid)) };
}
