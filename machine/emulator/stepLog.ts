import type { Hex } from "viem";
import type { Access } from "./emulator.ts";
import { hexToBase64 } from "./hex.ts";
import {
  type Decoder,
  decodeArray,
  decodeBase64,
  decodeHash,
  decodeOneOf,
  decodeRecord,
  decodeTrue,
  decodeU64,
  MismatchError,
} from "./rpc/decoders.ts";
import type { RpcClient } from "./rpc/rpcClient.ts";

const LEAF_BYTES = 32;
const LEAF_LEVEL = 5;
const LEAF_SIBLINGS = 59;
/** The busiest step has 13. */
const MAX_ACCESSES = 64;

const LOG_TYPE = { has_annotations: false, has_large_data: true };

export async function logStepUarch(rpc: RpcClient): Promise<Access[]> {
  return rpc.call("machine.log_step_uarch", [LOG_TYPE], decodeStepLog);
}

export async function verifyStepUarch(
  rpc: RpcClient,
  before: Hex,
  log: readonly Access[],
  after: Hex,
): Promise<true> {
  const encoded = { log_type: LOG_TYPE, accesses: log.map(encodeAccess) };
  return rpc.call(
    "machine.verify_step_uarch",
    [hexToBase64(before), encoded, hexToBase64(after)],
    decodeTrue,
  );
}

const decodeStepLog: Decoder<Access[]> = (value) => {
  const { accesses = null } = decodeRecord(value);
  return decodeArray(decodeAccess, { max: MAX_ACCESSES })(accesses);
};

const decodeKind = decodeOneOf(["read", "write"]);
const decodeLeaf = decodeBase64(LEAF_BYTES);
const decodeSiblings = decodeArray(decodeHash, { min: LEAF_SIBLINGS, max: LEAF_SIBLINGS });

const decodeAccess: Decoder<Access> = (value) => {
  const access = decodeRecord(value);
  const kind = decodeKind(access.type ?? null);
  return {
    kind,
    address: decodeU64(access.address ?? null),
    log2Size: decodeLog2Size(access.log2_size ?? null),
    leaf: decodeLeaf(access.read ?? null),
    leafHash: decodeHash(access.read_hash ?? null),
    ...(kind === "write" && {
      written: {
        leaf: decodeLeaf(access.written ?? null),
        leafHash: decodeHash(access.written_hash ?? null),
      },
    }),
    siblings: decodeSiblings(access.sibling_hashes ?? null),
  };
};

const decodeLog2Size: Decoder<number> = (value) => {
  if (value !== 3 && value !== LEAF_LEVEL) {
    throw new MismatchError("expected an access to a word or a leaf");
  }
  return value;
};

function encodeAccess({ kind, address, log2Size, leaf, leafHash, written, siblings }: Access) {
  return {
    type: kind,
    address,
    log2_size: log2Size,
    read: toBase64(leaf),
    read_hash: hexToBase64(leafHash),
    ...(written && { written: toBase64(written.leaf), written_hash: hexToBase64(written.leafHash) }),
    sibling_hashes: siblings.map(hexToBase64),
  };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
