import { askNode, nodeClientOf } from "../node/nodeClient.ts";
import { readPages } from "../node/readPages.ts";
import type { MachineAt } from "../queryMachine.ts";
import type { ProvenOutput } from "./outputsRoot.ts";

/** More than one input can have. */
const MAX_OUTPUTS = 1_000;

/**
 * The outputs of an input that a node can prove already. They prove themselves; a wrong one proves nothing.
 *
 * @throws {NodeUnreachableError} when the node does not answer.
 * @throws {NodeAnswerError} when its answer is no list.
 */
export async function outputsOfInput(
  machine: MachineAt,
  { inputIndex, signal }: { inputIndex: bigint; signal: AbortSignal | undefined },
): Promise<ProvenOutput[]> {
  const client = nodeClientOf(machine, { signal });
  const { application } = machine;
  const pages = readPages(
    (page) => askNode(() => client.listOutputs({ application, inputIndex, ...page }), signal),
    MAX_OUTPUTS,
  );
  const proven: ProvenOutput[] = [];
  for await (const { index, rawData, outputHashesSiblings } of pages) {
    if (outputHashesSiblings) {
      proven.push({ output: rawData, outputIndex: index, siblings: outputHashesSiblings });
    }
  }
  return proven;
}
