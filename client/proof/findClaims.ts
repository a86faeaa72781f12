import { type Address, type Client, getAbiItem, type Hex } from "viem";
import { iConsensusAbi } from "../../abi/index.ts";
import { readLogs } from "../chain/readLogs.ts";
import type { AcceptedClaim } from "./buildProof.ts";

const CLAIM_ACCEPTED = getAbiItem({ abi: iConsensusAbi, name: "ClaimAccepted" });

export interface FindClaimsParameters {
  application: Address;
  consensus: Address;
  /** The outputs roots that are looked for. */
  roots: readonly Hex[];
  fromBlock: bigint;
  toBlock: bigint;
}

/** The events by which a consensus accepted claims with these outputs roots, the first of each. */
export async function findClaims(client: Client, parameters: FindClaimsParameters): Promise<AcceptedClaim[]> {
  const { application, consensus, roots, fromBlock, toBlock } = parameters;
  const logs = await readLogs(client, {
    ...{ address: consensus, event: CLAIM_ACCEPTED, args: { appContract: application } },
    ...{ fromBlock, toBlock },
  });
  return [...new Set(roots)].flatMap((root) => {
    const log = logs.find(({ args }) => args.outputsMerkleRoot === root);
    return log === undefined
      ? []
      : {
          consensus,
          outputsMerkleRoot: root,
          lastProcessedBlockNumber: log.args.lastProcessedBlockNumber,
          blockNumber: log.blockNumber,
          blockHash: log.blockHash,
          transactionHash: log.transactionHash,
          logIndex: log.logIndex,
        };
  });
}
