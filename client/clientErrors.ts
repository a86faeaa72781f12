import { CartenixError, type ErrorCode } from "../support/index.ts";

/** The node's response is not one that a node sends. */
export class NodeAnswerError extends CartenixError {
  readonly code: ErrorCode = "NODE_ANSWER";
}

/** The machine rejected a request or a query. The short message holds the machine's own reason. */
export class MachineRefusedError extends CartenixError {
  readonly code: ErrorCode = "MACHINE_REFUSED";
}

/** Nothing answers at the node's address. */
export class NodeUnreachableError extends CartenixError {
  readonly code: ErrorCode = "NODE_UNREACHABLE";
}

/** The InputBox did not accept an input. */
export class InputRefusedError extends CartenixError {
  readonly code: ErrorCode = "INPUT_REFUSED";
}
