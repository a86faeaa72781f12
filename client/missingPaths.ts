import { MAX_MISSING_PATHS } from "../protocol/index.ts";
import { NodeAnswerError } from "./clientErrors.ts";
import { decodeAnswer } from "./node/decodeAnswer.ts";
import { type MachineAt, type QueryBounds, queryMachine } from "./queryMachine.ts";

/** Which of these store paths are missing from the machine's store, in the order given. */
export async function missingPaths(
  machine: MachineAt,
  paths: readonly string[],
  bounds: QueryBounds = {},
): Promise<string[]> {
  const missing: string[] = [];
  for (let at = 0; at < paths.length; at += MAX_MISSING_PATHS) {
    const asked = paths.slice(at, at + MAX_MISSING_PATHS);
    const [payload] = await queryMachine(machine, { kind: "missing", paths: asked }, bounds);
    const report = payload && decodeAnswer(payload);
    if (report?.kind !== "missing") {
      throw new NodeAnswerError("the machine did not report which paths it lacks");
    }
    const named = new Set(report.paths);
    missing.push(...asked.filter((path) => named.has(path)));
  }
  return missing;
}
