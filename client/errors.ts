import { CartenixError } from "../support/index.ts";

/** The node's answer is not what a node says. */
export class NodeAnswerError extends CartenixError {
  override name = "NodeAnswerError";
}

/** The machine refused a request or a query; the short message is its own reason. */
export class MachineRefusedError extends CartenixError {
  override name = "MachineRefusedError";
}
