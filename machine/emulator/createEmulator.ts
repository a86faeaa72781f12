import { collectMcycleHashes, collectUarchCycleHashes } from "./collectHashes.ts";
import type { Emulator } from "./emulator.ts";
import { EmulatorGoneError, EmulatorShutDownError, InputTooLongError } from "./emulatorErrors.ts";
import { readProof } from "./hashTree.ts";
import { CMIO_BUFFER_BYTES } from "./htif.ts";
import { readMemory, writeMemory } from "./memory.ts";
import {
  decodeBoolean,
  decodeHash,
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
import { logStepUarch, verifyStepUarch } from "./stepLog.ts";

const decodeBreakReason = decodeOneOf(BREAK_REASONS);
const decodeUarchStop = decodeOneOf(["reached_target_cycle", "uarch_halted", "cycle_overflow"]);

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
    cycle: () => emulator.readRegister("mcycle"),
    rootHash: () => rpc.call("machine.get_root_hash", [], decodeHash),
    proof: (address, level) => readProof(rpc, address, level),
    logStepUarch: () => logStepUarch(rpc),
    verifyStepUarch: (before, log, after) => verifyStepUarch(rpc, before, log, after),
    runUarch: (untilCycle) => rpc.call("machine.run_uarch", [untilCycle], decodeUarchStop),
    async resetUarch() {
      await rpc.call("machine.reset_uarch", [], decodeTrue);
    },
    collectMcycleHashes: (untilCycle, period, phase = 0n) =>
      collectMcycleHashes(rpc, untilCycle, period, phase),
    collectUarchCycleHashes: (untilCycle) => collectUarchCycleHashes(rpc, untilCycle),
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
