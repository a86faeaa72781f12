import { CartenixError, type ErrorCode } from "../../../../support/index.ts";

/** A node that does not answer, or not as a node does. The short message names no address: strangers may read it. */
export class NodeFault extends CartenixError {
  readonly code: ErrorCode = "NODE_FAULT";
}
