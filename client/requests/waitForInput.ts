import { askNode, type NodeInput, nodeClientOf } from "../node/nodeClient.ts";
import { readLastReports } from "../node/readReports.ts";
import type { MachineAt } from "../queryMachine.ts";
import { sleep } from "../sleep.ts";
import { refusalOf } from "./refusalOf.ts";

export interface FollowOptions {
  machine: MachineAt;
  /** The index of the request's input. */
  inputIndex: bigint;
  /** The polling interval, in milliseconds. */
  pollMs: number;
  signal?: AbortSignal | undefined;
}

/**
 * Waits until the machine has accepted an input.
 *
 * @throws {BuildFailedError} when a builder failed.
 * @throws {MachineRefusedError} with the machine's reason when it rejected the input.
 */
export async function waitForInput(options: FollowOptions): Promise<NodeInput> {
  const { machine, inputIndex, signal } = options;
  const client = nodeClientOf(machine, { signal });
  const { application } = machine;
  const input = await poll(options, async () => {
    const found = await askNode(() => client.getInput({ application, inputIndex }), signal);
    return found && found.status !== "NONE" ? found : undefined;
  });
  if (input.status !== "ACCEPTED") {
    throw refusalOf(await readLastReports(machine, { inputIndex, signal }), {
      inputIndex,
      inputStatus: String(input.status),
    });
  }
  return input;
}

export async function poll<Value>(
  { pollMs, signal }: Pick<FollowOptions, "pollMs" | "signal">,
  read: () => Promise<Value | undefined>,
): Promise<Value> {
  for (;;) {
    signal?.throwIfAborted();
    const value = await read();
    if (value !== undefined) {
      return value;
    }
    await sleep(pollMs, signal);
  }
}
