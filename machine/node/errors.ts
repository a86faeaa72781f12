import type { Hex } from "viem";
import { CartenixError } from "../../support/index.ts";

/** Another node holds the data directory. */
export class DataDirectoryLockedError extends CartenixError {
  override name = "DataDirectoryLockedError";

  constructor(directory: string) {
    super("Another node uses this data directory.", {
      details: directory,
      remedy: "Stop the other node, or give this one a data directory of its own.",
    });
  }
}

/** The database cannot be read, or was written by a newer version. */
export class DatabaseError extends CartenixError {
  override name = "DatabaseError";

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
  override name = "DatabaseDamagedError";
}

/** A file system has no room for what the node must write. */
export class DiskFullError extends CartenixError {
  override name = "DiskFullError";
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
  override name = "ApplicationError";

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
  override name = "TemplateMismatchError";

  constructor(expected: Hex, found: Hex, directory: string) {
    super("The template is not the application's.", {
      details: `the application names ${expected}, the machine in ${directory} has ${found}`,
      remedy: "Make the template from the sources that the application was deployed with.",
    });
  }
}

/** The RPC endpoint cannot be used from the start. */
export class EndpointError extends CartenixError {
  override name = "EndpointError";

  constructor({ endpoint, fault, reason }: { endpoint: string; fault: string; reason: string }) {
    super("The chain cannot be read.", {
      details: `${endpoint}: ${fault}: ${reason}`,
      remedy: "Check the RPC endpoint, or use another.",
    });
  }
}

/** The endpoint's answers contradict each other or the contracts. */
export class ChainDataError extends CartenixError {
  override name = "ChainDataError";

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
  override name = "TemplateDamagedError";

  constructor(directory: string) {
    super("The template is damaged.", {
      details: `the files in ${directory} are not as they were written`,
      remedy: "Delete its folder and make it again: npm run template.",
    });
  }
}

/** The endpoint left logs out, now or when it was asked before: blocks must be read once more. */
export class MissingEventsError extends ChainDataError {
  override name = "MissingEventsError";
  /** The last block of which nothing is missing. */
  readonly after: bigint;

  constructor(details: string, after: bigint) {
    super(details);
    this.after = after;
  }
}

/** A block that was read is no longer on the chain: what came after it must be read anew. */
export class ReorganisedError extends CartenixError {
  override name = "ReorganisedError";
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
  override name = "OutputsRootMismatchError";

  constructor(inputIndex: bigint, computed: Hex, claimed: Hex | undefined) {
    super("The machine's outputs root is not the root of its outputs.", {
      details: `after input ${inputIndex} the tree's root is ${computed}, the machine says ${claimed ?? "nothing"}`,
      remedy: "The program inside the machine is at fault: the application cannot go on.",
    });
  }
}

/** The same input from the same state gave another machine. */
export class ReplayMismatchError extends CartenixError {
  override name = "ReplayMismatchError";

  constructor(inputIndex: bigint, recorded: Hex, found: Hex) {
    super("Replaying an input gave another machine than the first time.", {
      details: `after input ${inputIndex} the recorded hash is ${recorded}, the replayed machine has ${found}`,
      remedy: "Check this computer's memory and the emulator's version; then delete the data directory.",
    });
  }
}

/** An output that cannot be proved yet, or that does not exist. */
export class OutputNotProvenError extends CartenixError {
  override name = "OutputNotProvenError";

  constructor(index: bigint) {
    super("There is no proof of this output yet.", {
      details: `output ${index} does not exist, or its epoch is still open`,
      remedy: "Wait until its epoch has ended and the claim is accepted.",
    });
  }
}

/** The node has no key to send transactions with. */
export class NoKeyError extends CartenixError {
  override name = "NoKeyError";

  constructor() {
    super("This node has no key to send transactions with.", {
      remedy: "Start it with a claimer's private key.",
    });
  }
}

/** The server's port cannot be had. */
export class ListenError extends CartenixError {
  override name = "ListenError";

  constructor(port: number, cause: Error) {
    super("The node cannot listen.", {
      details: `127.0.0.1:${port}: ${cause.message}`,
      remedy: "Choose another port; 0 lets the system choose.",
      cause,
    });
  }
}
