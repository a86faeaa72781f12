import { decodeBase64, decodeTrue } from "./rpc/decoders.ts";
import type { RpcClient } from "./rpc/rpcClient.ts";

const BLOCK_BYTES = 4 * 1024 * 1024;

/** Reads `length` bytes of physical memory, block by block. */
export async function readMemory(rpc: RpcClient, address: bigint, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let offset = 0; offset < length; offset += BLOCK_BYTES) {
    const size = Math.min(BLOCK_BYTES, length - offset);
    const block = await rpc.call("machine.read_memory", [address + BigInt(offset), size], decodeBase64(size));
    bytes.set(block, offset);
  }
  return bytes;
}

/** Writes physical memory, block by block. */
export async function writeMemory(rpc: RpcClient, address: bigint, data: Uint8Array): Promise<void> {
  for (let offset = 0; offset < data.length; offset += BLOCK_BYTES) {
    const block = Buffer.from(data.subarray(offset, offset + BLOCK_BYTES)).toString("base64");
    await rpc.call("machine.write_memory", [address + BigInt(offset), block], decodeTrue);
  }
}
