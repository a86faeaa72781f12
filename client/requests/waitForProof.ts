import type { Hex } from "viem";
import { askNode, nodeClientOf } from "../node/nodeClient.ts";
import { type FollowOptions, poll } from "./waitForInput.ts";

/** An output of the machine, and the proof that an accepted claim contains it. */
export interface AcceptedOutput {
  index: bigint;
  rawData: Hex;
  /** The siblings on the way to the claimed root, from the leaf up. */
  outputHashesSiblings: readonly Hex[];
}

/** Waits until the claim that proves an output is accepted. */
export async function waitForProof(
  options: FollowOptions & { outputIndex: bigint },
): Promise<AcceptedOutput> {
  const { machine, outputIndex, signal } = options;
  const client = nodeClientOf(machine, { signal });
  const { application } = machine;
  return poll(options, async () => {
    const output = await askNode(() => client.getOutput({ application, outputIndex }), signal);
    if (!output?.outputHashesSiblings) {
      return undefined;
    }
    const { epochIndex, index, rawData, outputHashesSiblings } = output;
    const epoch = await askNode(() => client.getEpoch({ application, epochIndex }), signal);
    return epoch?.status === "CLAIM_ACCEPTED" ? { index, rawData, outputHashesSiblings } : undefined;
  });
}
