import type { HashTreeProof } from "./emulator.ts";
import { type Decoder, decodeArray, decodeHash, decodeRecord } from "./rpc/decoders.ts";
import type { RpcClient } from "./rpc/rpcClient.ts";

const ROOT_LEVEL = 64;

export async function readProof(rpc: RpcClient, address: bigint, level: number): Promise<HashTreeProof> {
  return rpc.call("machine.get_proof", [address, level, ROOT_LEVEL], decodeProof(ROOT_LEVEL - level));
}

function decodeProof(count: number): Decoder<HashTreeProof> {
  const decodeSiblings = decodeArray(decodeHash, { min: count, max: count });
  return (value) => {
    const { target_hash = null, sibling_hashes = null } = decodeRecord(value);
    return { hash: decodeHash(target_hash), siblings: decodeSiblings(sibling_hashes) };
  };
}
