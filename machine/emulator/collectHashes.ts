import type { McycleHashes, UarchCycleHashes } from "./emulator.ts";
import {
  type Decoder,
  decodeArray,
  decodeHash,
  decodeRecord,
  decodeU64,
  MismatchError,
} from "./rpc/decoders.ts";
import type { RpcClient } from "./rpc/rpcClient.ts";

/** As many as a response can hold. */
const MAX_HASHES = 350_000;

/** The emulator can also return the roots of trees over 2^n hashes each. */
const LOG2_BUNDLE = 0;
/** What a tree would be continued from; the emulator asks for it in any case. */
const NO_PREVIOUS_TREE = null;

export async function collectMcycleHashes(
  rpc: RpcClient,
  untilCycle: bigint,
  period: bigint,
  phase: bigint,
): Promise<McycleHashes> {
  const params = [untilCycle, period, phase, LOG2_BUNDLE, NO_PREVIOUS_TREE];
  return rpc.call("machine.collect_mcycle_root_hashes", params, decodeMcycleHashes);
}

export async function collectUarchCycleHashes(rpc: RpcClient, untilCycle: bigint): Promise<UarchCycleHashes> {
  const params = [untilCycle, LOG2_BUNDLE];
  return rpc.call("machine.collect_uarch_cycle_root_hashes", params, decodeUarchCycleHashes);
}

const decodeHashes = decodeArray(decodeHash, { max: MAX_HASHES });

const decodeMcycleHashes: Decoder<McycleHashes> = (value) => {
  const { hashes = null, mcycle_phase = null } = decodeRecord(value);
  return { hashes: decodeHashes(hashes), phase: decodeU64(mcycle_phase) };
};

const decodeUarchCycleHashes: Decoder<UarchCycleHashes> = (value) => {
  const { hashes: encoded = null, reset_indices = null } = decodeRecord(value);
  const hashes = decodeHashes(encoded);
  const resets = decodeArray(decodeU64, { max: hashes.length })(reset_indices).map(Number);
  if (!resets.every((index, place) => index < hashes.length && index > (resets[place - 1] ?? -1))) {
    throw new MismatchError("expected ascending indices of hashes");
  }
  return { hashes, resets };
};
