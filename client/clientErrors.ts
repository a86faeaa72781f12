import { CartenixError, type ErrorCode } from "../support/index.ts";

/** The node's answer is not what a node says. */
export class NodeAnswerError extends CartenixError {
  readonly code: ErrorCode = "NODE_ANSWER";
}

/** The machine refused a request or a query; the short message is its own reason. */
export class MachineRefusedError extends CartenixError {
  readonly code: ErrorCode = "MACHINE_REFUSED";
}

/** Nothing answers at the node's address. */
export class NodeUnreachableError extends CartenixError {
  readonly code: ErrorCode = "NODE_UNREACHABLE";
}

/** The InputBox did not take an input. */
export class InputRefusedError extends CartenixError {
  readonly code: ErrorCode = "INPUT_REFUSED";
}
