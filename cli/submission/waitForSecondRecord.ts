import { type Address, type Client, getAbiItem, isAddressEqual } from "viem";
import { getBlockNumber, readContract } from "viem/actions";
import { buildRegistryAbi } from "../../abi/index.ts";
import { explainChainError, readLogs, type SubmittedInput, sleep } from "../../client/index.ts";
import type { Status } from "../../trust/index.ts";

const POLL_MS = 1_000;
const CONFIRMED = getAbiItem({ abi: buildRegistryAbi, name: "OutputConfirmed" });
const CONFLICTED = getAbiItem({ abi: buildRegistryAbi, name: "OutputConflicted" });

/**
 * Waits until the registry has what a rebuild recorded: `accepted` when it is the first hash again, `differs` when it is another,
 * `policyNotMet` when it is the first again, but an earlier rebuild had recorded another.
 */
export async function waitForSecondRecord(
  client: Client,
  { registry, application }: { registry: Address; application: Address },
  { index, blockNumber }: SubmittedInput,
  signal: AbortSignal,
): Promise<Extract<Status, "accepted" | "differs" | "policyNotMet">> {
  for (;;) {
    const toBlock = await getBlockNumber(client, { cacheTime: 0 }).catch(explainChainError);
    const read = async (event: typeof CONFIRMED | typeof CONFLICTED) => {
      const range = { fromBlock: blockNumber, toBlock };
      const logs = await readLogs(client, { address: registry, event, args: { application }, ...range });
      return logs.filter(
        ({ args }) => isAddressEqual(args.application, application) && args.inputIndex === index,
      );
    };
    if ((await read(CONFLICTED)).length > 0) {
      return "differs";
    }
    const confirmed = await read(CONFIRMED);
    if (confirmed.length > 0) {
      const [, contested] = await readContract(client, {
        ...{ address: registry, abi: buildRegistryAbi, functionName: "hashesAt", blockNumber: toBlock },
        args: [application, confirmed.map(({ args }) => args.pathKey)],
      }).catch(explainChainError);
      return contested.includes(true) ? "policyNotMet" : "accepted";
    }
    await sleep(POLL_MS, signal);
  }
}
