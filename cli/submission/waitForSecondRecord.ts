import { type Address, type Client, isAddressEqual } from "viem";
import { getBlockNumber } from "viem/actions";
import { buildRegistryAbi } from "../../abi/index.ts";
import { explainChainError, readLogs, type SubmittedInput, sleep } from "../../client/index.ts";

const POLL_MS = 1_000;
const CONFIRMED = eventNamed("OutputConfirmed");
const CONFLICTED = eventNamed("OutputConflicted");

/** Waits until the registry has what a rebuild recorded: `accepted` when it is the first hash again, `differs` when it is another. */
export async function waitForSecondRecord(
  client: Client,
  { registry, application }: { registry: Address; application: Address },
  { index, blockNumber }: SubmittedInput,
  signal: AbortSignal,
): Promise<"accepted" | "differs"> {
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
    if ((await read(CONFIRMED)).length > 0) {
      return "accepted";
    }
    await sleep(POLL_MS, signal);
  }
}

function eventNamed<Name extends "OutputConfirmed" | "OutputConflicted">(name: Name) {
  return buildRegistryAbi.find(
    (item): item is Extract<(typeof buildRegistryAbi)[number], { type: "event"; name: Name }> =>
      item.type === "event" && item.name === name,
  )!;
}
