import type { ErrorCode } from "../../../support/index.ts";
import { Rejection } from "../device/rejection.ts";

/** A derivation's build failed; the log may tell why. */
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
