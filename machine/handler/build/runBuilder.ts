import { BUILT, type BuildResult, NOT_DETERMINISTIC } from "../daemon/index.ts";
import { MAX_BUILD_SECONDS, MAX_LOG_BYTES, MAX_SILENT_SECONDS } from "../limits.ts";
import { readLog } from "../readLog.ts";
import { Rejection } from "../rejection.ts";
import type { Surroundings } from "../state.ts";
import { watchBuild } from "./watchBuild.ts";

const TIMED_OUT = 8;
const LOG_LIMIT_EXCEEDED = 11;

/** A derivation's build failed; the log says why. */
export class BuildFailure extends Rejection {
  override name = "BuildFailure";
  readonly drvPath: string;
  readonly log: string;

  constructor(drvPath: string, reason: string, log: string) {
    super(`build: ${reason}`);
    this.drvPath = drvPath;
    this.log = log;
  }
}

/** A build that ran to its end. */
export interface FinishedBuild {
  readonly log: string;
  /** `false` only where Nix was asked to compare with what is there, and found a difference. */
  readonly same: boolean;
}

/**
 * Runs a derivation's builder within the limits, in surroundings that are the same for every build.
 *
 * @throws BuildFailure
 */
export async function runBuilder(
  drvPath: string,
  build: () => Promise<BuildResult>,
  surroundings: Pick<Surroundings, "logFolder" | "resetForBuild" | "measure">,
): Promise<FinishedBuild> {
  const { logFolder, resetForBuild, measure } = surroundings;
  resetForBuild();
  const before = measure();
  const startedAt = performance.now();
  const outcome = await watchBuild(build(), before, measure);
  const log = readLog(logFolder, drvPath) ?? "";
  const passed = "passed" in outcome ? outcome.passed : limitOf(outcome.result);
  if (passed !== undefined) {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const written = Math.max(0, measure().diskBytes - before.diskBytes);
    const soFar = `${seconds} seconds, with ${log.length} characters of log and ${written} bytes on the disk`;
    throw new BuildFailure(drvPath, `${drvPath} passed the limit of ${passed} after ${soFar}`, log);
  }
  const same = !("result" in outcome) || outcome.result.status === BUILT;
  if ("result" in outcome && !same && outcome.result.status !== NOT_DETERMINISTIC)
    throw new BuildFailure(drvPath, reasonOf(outcome.result, drvPath), log);
  return { log, same };
}

/** Which of the limits that Nix itself watches ended a build, in words. */
function limitOf({ status, message }: BuildResult): string | undefined {
  if (status === LOG_LIMIT_EXCEEDED) return `${MAX_LOG_BYTES} bytes of log`;
  if (status !== TIMED_OUT) return undefined;
  return /silence/.test(message)
    ? `${MAX_SILENT_SECONDS} seconds of silence`
    : `${MAX_BUILD_SECONDS} seconds`;
}

/** Nix's first line; behind it come the log's last lines, which are reported whole. */
function reasonOf({ status, message }: BuildResult, drvPath: string): string {
  const [line = ""] = message.split("\n");
  return line.replace(/;$/, "") || `${drvPath} ended with Nix's status ${status}`;
}
