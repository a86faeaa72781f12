import type { Statement } from "../../protocol/index.ts";
import { readLastReports } from "../node/readReports.ts";
import { readAnswer } from "./readAnswer.ts";
import { lastMessageIn } from "./refusalOf.ts";
import { type FollowOptions, waitForInput } from "./waitForInput.ts";

/** The machine's response to a rebuild request. */
export interface RebuildResponse {
  /** The statement about the second build; `undefined` when its outputs differ from the first build's. */
  statement: Statement | undefined;
  /** The machine's verdict, in one line. */
  message: string;
  /** The builder's log, and the places where the outputs differ. */
  log: string;
  /** The output indexes of the vouchers that confirm or contradict the record. */
  voucherIndexes: bigint[];
}

/**
 * Waits until the machine has answered a rebuild request.
 *
 * @throws {MachineRefusedError} with the machine's reason when it rejected the request.
 */
export async function waitForRebuild(options: FollowOptions): Promise<RebuildResponse> {
  await waitForInput(options);
  const { statement, voucherIndexes } = await readAnswer(options);
  const reports = await readLastReports(options.machine, options);
  const log = reports.map((report) => (report.kind === "log" ? report.text : "")).join("");
  return {
    statement,
    message: lastMessageIn(reports) ?? "the machine reported nothing",
    log,
    voucherIndexes,
  };
}
