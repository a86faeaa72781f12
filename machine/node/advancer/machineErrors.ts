import type { Hash } from "viem";
import { CartenixError, type ErrorCode } from "../../../support/index.ts";

/** The machine on disk is not the one that the application was deployed with. */
export class TemplateMismatchError extends CartenixError {
  readonly code: ErrorCode = "TEMPLATE_MISMATCH";

  constructor(expected: Hash, found: Hash, directory: string) {
    super("the template does not match the application", {
      details: `the application's template hash is ${expected}, the machine in ${directory} has ${found}`,
      remedy: "make the template from the sources that the application was deployed with",
    });
  }
}

/** The template's files are not what its root hash says. */
export class TemplateDamagedError extends CartenixError {
  readonly code: ErrorCode = "TEMPLATE_DAMAGED";

  constructor(directory: string) {
    super("the template is damaged", {
      details: `the files in ${directory} do not match their hash tree, or have changed since they were checked`,
      remedy: "delete its folder and make it again: npm run template",
    });
  }
}

/** The same input from the same state led to a different machine hash. */
export class ReplayMismatchError extends CartenixError {
  readonly code: ErrorCode = "REPLAY_MISMATCH";

  constructor(inputIndex: bigint, recorded: Hash, found: Hash) {
    super("replaying an input led to a different machine hash", {
      details: `after input ${inputIndex} the recorded hash is ${recorded}, the replayed machine has ${found}`,
      remedy: "check this computer's memory and the emulator's version; then delete the data directory",
    });
  }
}

/** The machine could not be written to disk. */
export class MachineNotStoredError extends CartenixError {
  readonly code: ErrorCode = "MACHINE_NOT_STORED";

  constructor(cause: unknown) {
    super("the machine could not be stored", { details: String(cause), cause });
  }
}
