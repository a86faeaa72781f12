import { MachineRefusedError } from "../clientErrors.ts";
import { type MachineAt, queryMachine } from "../queryMachine.ts";
import { decodeAnswer } from "./decodeAnswer.ts";

/**
 * The log of a derivation that a node's machine has built, as the node tells it; `undefined` when it was not built there.
 *
 * @throws {NodeUnreachableError} when nothing answers.
 * @throws {NodeAnswerError} when the answer is malformed.
 */
export async function readBuildLog(
  machine: MachineAt,
  { drvPath, signal }: { drvPath: string; signal?: AbortSignal | undefined },
): Promise<string | undefined> {
  try {
    const payloads = await queryMachine(machine, { kind: "log", drvPath }, signal && { signal });
    const reports = payloads.map(decodeAnswer);
    return reports.map((report) => (report.kind === "log" ? report.text : "")).join("");
  } catch (error) {
    if (error instanceof MachineRefusedError) {
      return undefined;
    }
    throw error;
  }
}
