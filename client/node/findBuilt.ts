import { isStorePath } from "../../nix/index.ts";
import type { Report } from "../../protocol/index.ts";
import { MachineRefusedError, NodeAnswerError } from "../clientErrors.ts";
import { type MachineAt, queryMachine } from "../queryMachine.ts";
import { decodeAnswer } from "./decodeAnswer.ts";

/** As Nix names outputs. */
const OUTPUT_NAME = /^[a-zA-Z0-9+\-._?=]{1,211}$/;
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * What a node says that its machine has built of a derivation; `undefined` when it has built nothing.
 *
 * @throws {NodeUnreachableError} when nothing answers.
 * @throws {NodeAnswerError} when the answer is malformed.
 */
export async function findBuilt(
  machine: MachineAt,
  { drvPath, signal }: { drvPath: string; signal?: AbortSignal | undefined },
): Promise<Extract<Report, { kind: "build" }> | undefined> {
  try {
    const [payload] = await queryMachine(
      machine,
      { kind: "build", drvPath },
      { maxBytes: MAX_ANSWER_BYTES, ...(signal && { signal }) },
    );
    const report = payload && decodeAnswer(payload);
    if (report?.kind !== "build" || report.drvPath !== drvPath) {
      throw new NodeAnswerError("the machine did not report what it built");
    }
    if (!report.outputs.every(({ name, path }) => OUTPUT_NAME.test(name) && isStorePath(path))) {
      throw new NodeAnswerError("the machine reported outputs that no derivation has");
    }
    return report;
  } catch (error) {
    if (error instanceof MachineRefusedError) {
      return undefined;
    }
    throw error;
  }
}
