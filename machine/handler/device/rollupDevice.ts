import type { Address, Hex } from "viem";
import { CartenixError, type ErrorCode } from "../../../support/index.ts";

/** An input, with what the chain adds to it (`EvmAdvance`). */
export interface AdvanceRequest {
  readonly type: "advance";
  readonly chainId: bigint;
  readonly appContract: Address;
  readonly msgSender: Address;
  readonly blockNumber: bigint;
  /** In seconds since 1970. */
  readonly blockTimestamp: bigint;
  /** Among all inputs of the application, from 0. */
  readonly index: bigint;
  readonly payload: Uint8Array;
}

/** A query about the machine's state. */
export interface InspectRequest {
  readonly type: "inspect";
  readonly payload: Uint8Array;
}

/** A call that the application may make on chain. */
export interface Voucher {
  readonly destination: Address;
  readonly payload: Hex;
}

/** The rollup device: the handler's only connection to the outside. */
export interface RollupDevice {
  /**
   * Accepts or rejects the previous request and waits for the next one. After a rejection the machine is reverted to its
   * state before the request, so the call does not return there.
   *
   * @throws {MalformedInputError} when the next request cannot be decoded; it must be rejected.
   */
  finish(accept: boolean): AdvanceRequest | InspectRequest;
  emitVoucher(voucher: Voucher): void;
  emitNotice(payload: Uint8Array): void;
  emitReport(payload: Uint8Array): void;
}

/** An input is not the `EvmAdvance` call that every input has to be. */
export class MalformedInputError extends CartenixError {
  readonly code: ErrorCode = "MALFORMED_INPUT";
}
