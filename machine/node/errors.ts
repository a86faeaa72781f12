import type { Hex } from "viem";
import { CartenixError, type ErrorCode } from "../../support/index.ts";

/** Another node holds the data directory. */
export class DataDirectoryLockedError extends CartenixError {
  readonly code: ErrorCode = "DATA_DIRECTORY_LOCKED";

  constructor(directory: string) {
    super("Another node uses this data directory.", {
      details: directory,
      remedy: "Stop the other node, or give this one a data directory of its own.",
    });
  }
}

/** The database cannot be read, or was written by a newer version. */
export class DatabaseError extends CartenixError {
  readonly code: ErrorCode = "DATABASE";

  constructor(path: string, details: string, cause?: unknown) {
    super("The node's database cannot be used.", {
      details: `${path}: ${details}`,
      remedy: "Delete its folder: the node makes everything in it again from the chain and the template.",
      cause,
    });
  }
}

/** The database's file lost or changed bytes. */
export class DatabaseDamagedError extends DatabaseError {
  override readonly code: ErrorCode = "DATABASE_DAMAGED";
}

/** A file system has no room for what the node must write. */
export class DiskFullError extends CartenixError {
  readonly code: ErrorCode = "DISK_FULL";
  readonly folder: string;

  constructor(folder: string, cause?: unknown) {
    super("The disk is full.", {
      details: `nothing more can be written to ${folder}`,
      remedy: "Make room on its file system: the node goes on by itself, and has lost nothing.",
      cause,
    });
    this.folder = folder;
  }
}

/** The address is no Cartesi Rollups application that this node can serve. */
export class ApplicationError extends CartenixError {
  readonly code: ErrorCode = "APPLICATION";

  constructor(application: string, details: string, cause?: unknown) {
    super("The application cannot be served.", {
      details: `${application}: ${details}`,
      remedy: "Check the application's address and the chain that the RPC endpoint serves.",
      cause,
    });
  }
}

/** The machine on disk is not the one that the application was deployed for. */
export class TemplateMismatchError extends CartenixError {
  readonly code: ErrorCode = "TEMPLATE_MISMATCH";

  constructor(expected: Hex, found: Hex, directory: string) {
    super("The template is not the application's.", {
      details: `the application names ${expected}, the machine in ${directory} has ${found}`,
      remedy: "Make the template from the sources that the application was deployed with.",
    });
  }
}

/** The RPC endpoint cannot be used from the start. */
export class EndpointError extends CartenixError {
  readonly code: ErrorCode = "ENDPOINT";

  constructor({ endpoint, fault, reason }: { endpoint: string; fault: string; reason: string }) {
    super("The chain cannot be read.", {
      details: `${endpoint}: ${fault}: ${reason}`,
      remedy: "Check the RPC endpoint, or use another.",
    });
  }
}

/** The endpoint's answers contradict each other or the contracts. */
export class ChainDataError extends CartenixError {
  readonly code: ErrorCode = "CHAIN_DATA";

  constructor(details: string, cause?: unknown) {
    super("The RPC endpoint gave an answer that cannot be.", {
      details,
      remedy: "Use another RPC endpoint.",
      cause,
    });
  }
}

/** The template's files lost or changed bytes since they were written. */
export class TemplateDamagedError extends CartenixError {
  readonly code: ErrorCode = "TEMPLATE_DAMAGED";

  constructor(directory: string) {
    super("The template is damaged.", {
      details: `the files in ${directory} are not as they were written`,
      remedy: "Delete its folder and make it again: npm run template.",
    });
  }
}

/** The endpoint left logs out, now or when it was asked before: blocks must be read once more. */
export class MissingEventsError extends ChainDataError {
  override readonly code: ErrorCode = "MISSING_EVENTS";
  /** The last block of which nothing is missing. */
  readonly after: bigint;

  constructor(details: string, after: bigint) {
    super(details);
    this.after = after;
  }
}

/** A block that was read is no longer on the chain: what came after it must be read anew. */
export class ReorganisedError extends CartenixError {
  readonly code: ErrorCode = "REORGANISED";
  readonly blockNumber: bigint;

  constructor(blockNumber: bigint, recorded: Hex, found: Hex | undefined) {
    super("The chain was reorganised below a block that was read already.", {
      details: `block ${blockNumber} was ${recorded}, and is ${found ?? "absent"} now`,
      remedy:
        "Read only settled blocks (--safe-block safe or finalized); delete the data directory to start again.",
    });
    this.blockNumber = blockNumber;
  }
}

/** The machine says it sent other outputs than it did: nothing that follows could be proved. */
export class OutputsRootMismatchError extends CartenixError {
  readonly code: ErrorCode = "OUTPUTS_ROOT_MISMATCH";

  constructor(inputIndex: bigint, computed: Hex, claimed: Hex | undefined) {
    super("The machine's outputs root is not the root of its outputs.", {
      details: `after input ${inputIndex} the tree's root is ${computed}, the machine says ${claimed ?? "nothing"}`,
      remedy: "The program inside the machine is at fault: the application cannot go on.",
    });
  }
}

/** The same input from the same state gave another machine. */
export class ReplayMismatchError extends CartenixError {
  readonly code: ErrorCode = "REPLAY_MISMATCH";

  constructor(inputIndex: bigint, recorded: Hex, found: Hex) {
    super("Replaying an input gave another machine than the first time.", {
      details: `after input ${inputIndex} the recorded hash is ${recorded}, the replayed machine has ${found}`,
      remedy: "Check this computer's memory and the emulator's version; then delete the data directory.",
    });
  }
}

/** An output that cannot be proved yet, or that does not exist. */
export class OutputNotProvenError extends CartenixError {
  readonly code: ErrorCode = "OUTPUT_NOT_PROVEN";

  constructor(index: bigint) {
    super("There is no proof of this output yet.", {
      details: `output ${index} does not exist, or its epoch is still open`,
      remedy: "Wait until its epoch has ended and the claim is accepted.",
    });
  }
}

/** The node has no key to send transactions with. */
export class NoKeyError extends CartenixError {
  readonly code: ErrorCode = "NO_KEY";

  constructor() {
    super("This node has no key to send transactions with.", {
      remedy: "Start it with a claimer's private key.",
    });
  }
}

/** The server's port cannot be had. */
export class ListenError extends CartenixError {
  readonly code: ErrorCode = "LISTEN";

  constructor(port: number, cause: Error) {
    super("The node cannot listen.", {
      details: `127.0.0.1:${port}: ${cause.message}`,
      remedy: "Choose another port; 0 lets the system choose.",
      cause,
    });
  }
}

/** The machine could not be written to the disk. */
export class MachineNotStoredError extends CartenixError {
  readonly code: ErrorCode = "MACHINE_NOT_STORED";

  constructor(cause: unknown) {
    super("the machine could not be stored", { details: String(cause), cause });
  }
}
