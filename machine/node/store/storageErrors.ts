import type { Hex } from "viem";
import { CartenixError, type ErrorCode } from "../../../support/index.ts";

/** Another node has locked the data directory. */
export class DataDirectoryLockedError extends CartenixError {
  readonly code: ErrorCode = "DATA_DIRECTORY_LOCKED";

  constructor(directory: string) {
    super("another node is using this data directory", {
      details: directory,
      remedy: "stop the other node, or choose another data directory",
    });
  }
}

/** The database cannot be read, or was written by a newer version. */
export class DatabaseError extends CartenixError {
  readonly code: ErrorCode = "DATABASE";

  constructor(path: string, details: string, cause?: unknown) {
    super("the node's database cannot be used", {
      details: `${path}: ${details}`,
      remedy: "delete its folder: the node rebuilds it from the chain and the template",
      cause,
    });
  }
}

/** The database file is corrupt. */
export class DatabaseDamagedError extends DatabaseError {
  override readonly code: ErrorCode = "DATABASE_DAMAGED";
}

/** A file system has no space left for what the node has to write. */
export class DiskFullError extends CartenixError {
  readonly code: ErrorCode = "DISK_FULL";
  readonly folder: string;

  constructor(folder: string, cause?: unknown) {
    super("the disk is full", {
      details: `cannot write to ${folder}`,
      remedy: "free some space on its file system: the node then continues by itself, without loss",
      cause,
    });
    this.folder = folder;
  }
}

/** The machine's outputs Merkle root does not match its outputs: no later output could be proved. */
export class OutputsRootMismatchError extends CartenixError {
  readonly code: ErrorCode = "OUTPUTS_ROOT_MISMATCH";

  constructor(inputIndex: bigint, computed: Hex, claimed: Hex | undefined) {
    super("the machine's outputs Merkle root does not match its outputs", {
      details: `after input ${inputIndex} the outputs hash to ${computed}, the machine reports ${claimed ?? "no root"}`,
      remedy: "the program inside the machine is faulty: the application cannot continue",
    });
  }
}
