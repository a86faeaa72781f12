import type { ErrorCode } from "../../../support/index.ts";
import { Rejection } from "../device/rejection.ts";
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
import { watchBuild } from "./watchBuild.ts";

const OUTPUT_REJECTED = 5;
const TIMED_OUT = 8;
const LOG_LIMIT_EXCEEDED = 11;
/** The kernel's words for a path that is too long, at the end of Nix's. */
const PATH_TOO_LONG = /File name too long$/;
/** How a builder ends that the kernel's signal SIGXFSZ ended, or a shell that saw one end so. */
const FILE_TOO_LARGE = /failed (due to signal 25|with exit code 153)\b/;

/** A derivation's build failed; the log says why. */
export class BuildFailure extends Rejection {
  override readonly code: ErrorCode = "BUILD_FAILURE";
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
 * Runs a derivation's builder within the limits, in environment that are the same for every build.
 *
 * @throws BuildFailure
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
  const outcome = await watchBuild(build().catch(rejectedOutput), before, measure);
  const log = readBuildLog(logFolder, drvPath) ?? "";
  const passed = "passed" in outcome ? outcome.passed : limitOf(outcome.result);
  if (passed !== undefined) {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const written = Math.max(0, measure().diskBytes - before.diskBytes);
    const soFar = `${seconds} seconds, with ${log.length} characters of log and ${written} bytes on the disk`;
    throw new BuildFailure(drvPath, `${drvPath} passed the limit of ${passed} after ${soFar}`, log);
  }
  const same = !("result" in outcome) || outcome.result.status === BUILT;
  if ("result" in outcome && !same && outcome.result.status !== NOT_DETERMINISTIC) {
    throw new BuildFailure(drvPath, reasonOf(outcome.result, drvPath), log);
  }
  return { log, same };
}

/** Nix refuses to go on, instead of failing the build, where an output has a path that is too long. */
function rejectedOutput(error: unknown): BuildResult {
  if (!(error instanceof NixRefusedError) || !PATH_TOO_LONG.test(error.message)) {
    throw error;
  }
  return { status: OUTPUT_REJECTED, message: error.message };
}

/** Which of the limits that Nix or the kernel watches ended a build, in words. */
function limitOf({ status, message }: BuildResult): string | undefined {
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

/** Nix's first line; behind it come the log's last lines, which are reported whole. */
function reasonOf({ status, message }: BuildResult, drvPath: string): string {
  const [line = ""] = message.split("\n");
  return line.replace(/;$/, "") || `${drvPath} ended with Nix's status ${status}`;
}
