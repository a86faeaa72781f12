import { type Address, formatEther } from "viem";
import { CartenixError, type ErrorCode } from "../../../support/index.ts";

/** The application's claims are decided by votes: there is nothing to guard. */
export class NothingToGuardError extends CartenixError {
  readonly code: ErrorCode = "NOTHING_TO_GUARD";

  constructor(application: Address) {
    super(`the application ${application} has no disputes`, {
      details: "its consensus is an Authority or a Quorum",
      remedy: "leave --guard out",
    });
  }
}

/** The guard could not pay for a single dispute. */
export class GuardFundsError extends CartenixError {
  readonly code: ErrorCode = "GUARD_FUNDS";

  constructor(address: Address, { balance, needed }: { balance: bigint; needed: bigint }) {
    super(`the guard's account ${address} has too little to guard with`, {
      details: `it has ${formatEther(balance)} ether; a claim, a challenge and the moves of a game take ${formatEther(needed)}`,
      remedy: "send it more, or only watch: leave --guard out",
      docs: "docs/operating.md#guarding",
    });
  }
}
