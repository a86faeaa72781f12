import { createCartesiPublicClient } from "@cartesi/viem";
import { boundedHttp } from "../chain/boundedHttp.ts";
import { NodeAnswerError, NodeUnreachableError } from "../clientErrors.ts";
import type { MachineAt } from "../queryMachine.ts";
import type { ProvenOutput } from "./outputsRoot.ts";

/** More than one input can have. */
const MAX_OUTPUTS = 1_000;

/**
 * The outputs of an input that a node can prove already. They prove themselves; a wrong one proves nothing.
 *
 * @throws {NodeUnreachableError} when the node does not answer.
 */
export async function outputsOfInput(
  { nodeUrl, application }: MachineAt,
  inputIndex: bigint,
): Promise<ProvenOutput[]> {
  const client = createCartesiPublicClient({ transport: boundedHttp(`${nodeUrl}/rpc`) });
  const { data } = await client
    .listOutputs({ application, inputIndex, limit: MAX_OUTPUTS })
    .catch((cause: unknown) => {
      throw new NodeUnreachableError(
        `the node at ${nodeUrl} does not list the outputs of input ${inputIndex}`,
        {
          cause,
          details: (cause as Error).message.slice(0, 500),
          remedy: "check --node-url",
        },
      );
    });
  if (!Array.isArray(data)) {
    throw new NodeAnswerError(`the node at ${nodeUrl} does not answer with a list of outputs`);
  }
  return data.flatMap(({ index, rawData, outputHashesSiblings }) =>
    outputHashesSiblings ? { output: rawData, outputIndex: index, siblings: outputHashesSiblings } : [],
  );
}
