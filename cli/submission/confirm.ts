import { askOnTerminal, hasTerminal } from "../askOnTerminal.ts";
import { NotConfirmedError } from "../cliErrors.ts";

/**
 * Makes sure early that a confirmation can be had.
 *
 * @throws {NotConfirmedError} when there is neither a terminal nor `--yes`.
 */
export function requireConfirmable(isConfirmed: boolean): void {
  if (!isConfirmed && !hasTerminal()) {
    throw new NotConfirmedError("there is no terminal to ask whether to send what costs money", {
      remedy: "give --yes to send without asking; `cartenix cost` shows what it costs",
    });
  }
}

/**
 * Asks on the terminal.
 *
 * @throws {NotConfirmedError} when the answer is not yes.
 */
export async function confirm(question: string, signal: AbortSignal): Promise<void> {
  if (!(await askOnTerminal(question, signal))) {
    throw new NotConfirmedError("nothing was sent");
  }
}
