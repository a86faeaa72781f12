import { hexToBytes } from "viem";
import type { Report } from "../../protocol/index.ts";
import type { MachineAt } from "../queryMachine.ts";
import { decodeAnswer } from "./decodeAnswer.ts";
import { askNode, nodeClientOf } from "./nodeClient.ts";
import { PAGE_ITEMS, readPages } from "./readPages.ts";

export interface ReadReportsParameters {
  /** The index of the input that the machine reported about. */
  inputIndex: bigint;
  signal?: AbortSignal | undefined;
}

/** More reports than the machine makes of one input: the logs of 256 builds, of 4 MiB each, in pieces of some 85 KiB. */
const MAX_REPORTS = 16_384;

/**
 * What a node says that the machine reported about an input. Nothing proves it.
 *
 * @throws {NodeUnreachableError} when nothing answers.
 * @throws {NodeAnswerError} when the answer is malformed.
 */
export async function* readReports(
  machine: MachineAt,
  { inputIndex, signal }: ReadReportsParameters,
): AsyncGenerator<Report> {
  const client = nodeClientOf(machine, { signal });
  const { application } = machine;
  const pages = readPages(
    (page) => askNode(() => client.listReports({ application, inputIndex, ...page }), signal),
    MAX_REPORTS,
  );
  for await (const { rawData } of pages) {
    yield decodeAnswer(hexToBytes(rawData));
  }
}

/** The last reports about an input: the end of a failed build's log, and the machine's message. */
export async function readLastReports(
  machine: MachineAt,
  { inputIndex, signal }: ReadReportsParameters,
): Promise<Report[]> {
  const client = nodeClientOf(machine, { signal });
  const { application } = machine;
  const page = await askNode(
    () => client.listReports({ application, inputIndex, limit: PAGE_ITEMS, descending: true }),
    signal,
  );
  return (page?.data ?? []).map(({ rawData }) => decodeAnswer(hexToBytes(rawData))).reverse();
}
