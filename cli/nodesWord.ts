import {
  askNode,
  lastMessageIn,
  type MachineAt,
  nodeClientOf,
  printableText,
  readLastReports,
} from "../client/index.ts";
import { CartenixError } from "../support/index.ts";

/** What a node says, which nothing proves. */
export interface NodesWord {
  processed: string | null;
  message: string | null;
  claim: string | null;
}

/** What a node says of an input; that it does not answer says nothing of the request. */
export async function askAboutInput(
  machine: MachineAt,
  inputIndex: bigint,
  signal: AbortSignal,
): Promise<NodesWord | null> {
  const node = nodeClientOf(machine, { signal });
  const { application } = machine;
  try {
    const input = await askNode(() => node.getInput({ application, inputIndex }), signal);
    if (!input || input.status === "NONE") {
      return { processed: null, message: null, claim: null };
    }
    const { epochIndex } = input;
    const [reports, epoch] = await Promise.all([
      readLastReports(machine, { inputIndex, signal }),
      askNode(() => node.getEpoch({ application, epochIndex }), signal).catch(() => undefined),
    ]);
    return {
      processed: printableText(String(input.status)).toLowerCase(),
      message: lastMessageIn(reports) ?? null,
      claim: epoch ? printableText(String(epoch.status)) : null,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CartenixError) {
      return null;
    }
    throw error;
  }
}
