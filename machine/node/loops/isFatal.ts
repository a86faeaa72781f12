import {
  MachineHaltedError,
  MachineNotWaitingError,
  OutputsNotCollectedError,
} from "../../emulator/index.ts";
import {
  ReplayMismatchError,
  TemplateDamagedError,
  TemplateMismatchError,
} from "../advancer/machineErrors.ts";
import { DatabaseDamagedError, OutputsRootMismatchError } from "../store/storageErrors.ts";
import { WrongClaimError } from "../watch/watchErrors.ts";

const FATAL_ERRORS = [
  DatabaseDamagedError,
  MachineHaltedError,
  MachineNotWaitingError,
  OutputsNotCollectedError,
  OutputsRootMismatchError,
  ReplayMismatchError,
  TemplateDamagedError,
  TemplateMismatchError,
  WrongClaimError,
];

/** Whether retrying cannot help: the node must stop, and an operator must look at it. */
export function isFatal(error: unknown): boolean {
  return FATAL_ERRORS.some((kind) => error instanceof kind);
}
