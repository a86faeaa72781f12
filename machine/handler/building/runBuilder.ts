import { readBuildLog } from "../environment/buildLogs.ts";
import type { Environment } from "../environment/environment.ts";
import {
  MAX_BUILD_SECONDS,
  MAX_FILE_BYTES,
  MAX_LOG_BYTES,
  MAX_PATH_BYTES,
  MAX_SILENT_SECONDS,
} from "../limits.ts";
import { BUILT, type BuildResult, NixRefusedError, NOT_DETERMINISTIC } from "../nixDaemon/index.ts";
import { BuildFailure } from "./buildFailure.ts";
import { watchBuild } from "./watchBuild.ts";

/** Statuses of a build, as Nix numbers them. */
const OUTPUT_REJECTED = 5;
const TIMED_OUT = 8;
const LOG_LIMIT_EXCEEDED = 11;
/** The kernel's message for a path that is too long, at the end of Nix's own. */
const PATH_TOO_LONG = /File name too long$/;
/** The kernel killed the builder with SIGXFSZ, or a program that a shell ran. */
const FILE_TOO_LARGE = /failed (due to signal 25|with exit code 153)\b/;

/** A build that finished. */
export interface FinishedBuild {
  readonly log: string;
  /** `false` only when Nix was asked to compare with the outputs in the store and found a difference. */
  readonly same: boolean;
}

/**
 * Runs a derivation's builder within the limits, in an environment that is the same for every build.
 *
 * @throws {BuildFailure} when it fails or exceeds a limit; the message names the limit.
 */
export async function runBuilder(
  drvPath: string,
  build: () => Promise<BuildResult>,
  environment: Pick<Environment, "logFolder" | "resetForBuild" | "measure">,
): Promise<FinishedBuild> {
  const { logFolder, resetForBuild, measure } = environment;
  resetForBuild();
  const before = measure();
  const startedAt = performance.now();
  const outcome = await watchBuild(build().catch(toFailedResult), before, measure);
  const log = readBuildLog(logFolder, drvPath) ?? "";
  const exceeded = "exceeded" in outcome ? outcome.exceeded : exceededLimitOf(outcome.result);
  if (exceeded !== undefined) {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const written = Math.max(0, measure().diskBytes - before.diskBytes);
    const progress = `${seconds} seconds, with ${log.length} characters of log and ${written} bytes on the disk`;
    throw new BuildFailure(drvPath, `${drvPath} exceeded the limit of ${exceeded} after ${progress}`, log);
  }
  const same = !("result" in outcome) || outcome.result.status === BUILT;
  if ("result" in outcome && !same && outcome.result.status !== NOT_DETERMINISTIC) {
    throw new BuildFailure(drvPath, reasonOf(outcome.result, drvPath), log);
  }
  return { log, same };
}

/** When an output has a path that is too long, Nix ends the operation with an error instead of failing the build. */
function toFailedResult(error: unknown): BuildResult {
  if (!(error instanceof NixRefusedError) || !PATH_TOO_LONG.test(error.shortMessage)) {
    throw error;
  }
  return { status: OUTPUT_REJECTED, message: error.shortMessage };
}

/** Describes the limit, of those that Nix or the kernel enforces, that ended a build. */
function exceededLimitOf({ status, message }: BuildResult): string | undefined {
  if (PATH_TOO_LONG.test(message)) {
    return `${MAX_PATH_BYTES} bytes in a path`;
  }
  if (FILE_TOO_LARGE.test(message)) {
    return `${MAX_FILE_BYTES} bytes in a file`;
  }
  if (status === LOG_LIMIT_EXCEEDED) {
    return `${MAX_LOG_BYTES} bytes of log`;
  }
  if (status !== TIMED_OUT) {
    return undefined;
  }
  return /silence/.test(message)
    ? `${MAX_SILENT_SECONDS} seconds of silence`
    : `${MAX_BUILD_SECONDS} seconds`;
}

/** Nix's first line; after it come the last lines of the log, which is reported as a whole. */
function reasonOf({ status, message }: BuildResult, drvPath: string): string {
  const [line = ""] = message.split("\n");
  return line.replace(/;$/, "") || `${drvPath} ended with Nix's status ${status}`;
}
