import type { Address, Hex } from "viem";
import { CartenixError, type ErrorCode } from "../../../support/index.ts";

/** An input, with what the chain says about it (`EvmAdvance`). */
export interface AdvanceRequest {
  readonly type: "advance";
  readonly chainId: bigint;
  readonly appContract: Address;
  readonly msgSender: Address;
  readonly blockNumber: bigint;
  /** In seconds since 1970. */
  readonly blockTimestamp: bigint;
  /** The input's place among all inputs of the application, from 0. */
  readonly index: bigint;
  readonly payload: Uint8Array;
}

/** A question to the machine's state. */
export interface InspectRequest {
  readonly type: "inspect";
  readonly payload: Uint8Array;
}

/** A call that the application will make on chain. */
export interface Voucher {
  readonly destination: Address;
  readonly payload: Hex;
}

/** The rollup device, which is all that the handler has of the outside world. */
export interface RollupDevice {
  /**
   * Ends the request before with a verdict and waits for the next one. A rejection puts the machine back to where it
   * was before the request; there it does not return.
   *
   * @throws MalformedInputError when the next request cannot be read; it has to be rejected.
   */
  finish(accept: boolean): AdvanceRequest | InspectRequest;
  emitVoucher(voucher: Voucher): void;
  emitNotice(payload: Uint8Array): void;
  emitReport(payload: Uint8Array): void;
}

/** What came from outside is not the `EvmAdvance` call that every input is. */
export class MalformedInputError extends CartenixError {
  readonly code: ErrorCode = "MALFORMED_INPUT";
}
