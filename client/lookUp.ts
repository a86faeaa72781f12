import type { Address, Hex, PublicClient } from "viem";
import { buildRegistryAbi } from "../abi/index.ts";

/** What the registry keeps of an output. */
export interface OutputRecord {
  narHash: Hex;
  confirmations: bigint;
  conflicts: bigint;
}

export interface LookUpParameters {
  publicClient: PublicClient;
  registry: Address;
  application: Address;
  storePath: string;
}

/** The chain's record of a store path by one application; `undefined` when there is none. */
export async function lookUp(parameters: LookUpParameters): Promise<OutputRecord | undefined> {
  const { publicClient, registry, application, storePath } = parameters;
  const record = await publicClient.readContract({
    address: registry,
    abi: buildRegistryAbi,
    functionName: "recordOf",
    args: [application, storePath],
  });
  return BigInt(record.narHash) === 0n ? undefined : record;
}
