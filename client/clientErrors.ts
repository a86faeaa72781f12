import { CartenixError, type CartenixErrorOptions, type ErrorCode } from "../support/index.ts";

/** The node's response is not one that a node sends. */
export class NodeAnswerError extends CartenixError {
  readonly code: ErrorCode = "NODE_ANSWER";
}

/** The machine rejected a request or a query. The short message holds the machine's own reason. */
export class MachineRefusedError extends CartenixError {
  readonly code: ErrorCode = "MACHINE_REFUSED";
}

/** The machine rejected a request because a builder failed. The details hold the end of the builder's log. */
export class BuildFailedError extends MachineRefusedError {
  override readonly code: ErrorCode = "BUILD_FAILED";
  /** The builder's log, as the machine keeps it. */
  readonly log: string;

  constructor(shortMessage: string, { log, ...options }: CartenixErrorOptions & { log: string }) {
    super(shortMessage, options);
    this.log = log;
  }
}

/** Nothing answers at the node's address. */
export class NodeUnreachableError extends CartenixError {
  readonly code: ErrorCode = "NODE_UNREACHABLE";
}

/** The InputBox did not accept an input. */
export class InputRefusedError extends CartenixError {
  readonly code: ErrorCode = "INPUT_REFUSED";
}

/** An RPC endpoint does not answer, or refuses. */
export class ChainUnreachableError extends CartenixError {
  readonly code: ErrorCode = "CHAIN_UNREACHABLE";
}

/** Endpoints that should know the same chain contradict each other. */
export class EndpointsDisagreeError extends CartenixError {
  readonly code: ErrorCode = "ENDPOINTS_DISAGREE";
}

/** The endpoint is on another chain than expected. */
export class WrongChainError extends CartenixError {
  readonly code: ErrorCode = "WRONG_CHAIN";
}

/** At an address there is no contract of the expected kind. */
export class NotTheContractError extends CartenixError {
  readonly code: ErrorCode = "NOT_THE_CONTRACT";
}
