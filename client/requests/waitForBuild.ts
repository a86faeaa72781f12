import type { Statement } from "../../protocol/index.ts";
import { MachineRefusedError } from "../clientErrors.ts";
import { readLastReports } from "../node/readReports.ts";
import { readAnswer } from "./readAnswer.ts";
import { lastMessageIn } from "./refusalOf.ts";
import { type FollowOptions, waitForInput } from "./waitForInput.ts";

/** The machine's response to a build request. */
export interface BuildResponse {
  statement: Statement;
  /** The output indexes of the vouchers that record the outputs. */
  voucherIndexes: bigint[];
}

/**
 * Waits until the machine has answered a build request.
 *
 * @throws {BuildFailedError} when the builder failed.
 * @throws {MachineRefusedError} with the machine's reason when it rejected the request, or had nothing to build.
 */
export async function waitForBuild(options: FollowOptions): Promise<BuildResponse> {
  await waitForInput(options);
  const { statement, voucherIndexes } = await readAnswer(options);
  if (!statement) {
    const reports = await readLastReports(options.machine, options);
    throw new MachineRefusedError(lastMessageIn(reports) ?? "the machine built nothing");
  }
  return { statement, voucherIndexes };
}
