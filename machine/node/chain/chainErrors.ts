import type { Hash } from "viem";
import { CartenixError, type ErrorCode } from "../../../support/index.ts";

/** The address is not a Cartesi Rollups application that this node can serve. */
export class ApplicationError extends CartenixError {
  readonly code: ErrorCode = "APPLICATION";

  constructor(application: string, details: string, cause?: unknown) {
    super("the application cannot be served", {
      details: `${application}: ${details}`,
      remedy: "check the application's address and which chain the RPC endpoint serves",
      cause,
    });
  }
}

/** The RPC endpoint does not work when the node starts. */
export class EndpointError extends CartenixError {
  readonly code: ErrorCode = "ENDPOINT";

  constructor({ endpoint, fault, reason }: { endpoint: string; fault: string; reason: string }) {
    super("the chain cannot be read", {
      details: `${endpoint}: ${fault}: ${reason}`,
      remedy: "check the RPC endpoint, or use another one",
    });
  }
}

/** The endpoint's responses contradict each other or the contracts. */
export class ChainDataError extends CartenixError {
  readonly code: ErrorCode = "CHAIN_DATA";

  constructor(details: string, cause?: unknown) {
    super("the RPC endpoint returned an inconsistent response", {
      details,
      remedy: "use another RPC endpoint",
      cause,
    });
  }
}

/** The endpoint omitted logs, now or earlier: blocks must be read again. */
export class MissingEventsError extends ChainDataError {
  override readonly code: ErrorCode = "MISSING_EVENTS";
  /** The last block whose events are complete. */
  readonly after: bigint;

  constructor(details: string, after: bigint) {
    super(details);
    this.after = after;
  }
}

/** A block that was read is no longer on the chain: all later blocks must be read again. */
export class ReorganisedError extends CartenixError {
  readonly code: ErrorCode = "REORGANISED";
  readonly blockNumber: bigint;

  constructor(blockNumber: bigint, recorded: Hash, found: Hash | undefined) {
    super("the chain was reorganised below a block that was already read", {
      details: `block ${blockNumber} was ${recorded}, and is now ${found ?? "absent"}`,
      remedy:
        "read only settled blocks (--safe-block safe or finalized); delete the data directory to start over",
    });
    this.blockNumber = blockNumber;
  }
}
