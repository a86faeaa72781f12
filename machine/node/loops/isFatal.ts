import { GuestProtocolError, MachineHaltedError, MachineNotWaitingError } from "../../emulator/index.ts";
import {
  ReplayMismatchError,
  TemplateDamagedError,
  TemplateMismatchError,
} from "../advancer/machineErrors.ts";
import { DatabaseDamagedError, OutputsRootMismatchError } from "../store/storageErrors.ts";

const FATAL = [
  DatabaseDamagedError,
  GuestProtocolError,
  MachineHaltedError,
  MachineNotWaitingError,
  OutputsRootMismatchError,
  ReplayMismatchError,
  TemplateDamagedError,
  TemplateMismatchError,
];

/** Whether trying again cannot help: the node must end, and a person look at it. */
export function isFatal(error: unknown): boolean {
  return FATAL.some((kind) => error instanceof kind);
}
