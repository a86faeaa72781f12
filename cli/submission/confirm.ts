import { createInterface } from "node:readline/promises";
import { NotConfirmedError } from "../cliErrors.ts";

/**
 * Makes sure early that a confirmation can be had.
 *
 * @throws {NotConfirmedError} when there is neither a terminal nor `--yes`.
 */
export function requireConfirmable(isConfirmed: boolean): void {
  if (!isConfirmed && !(process.stdin.isTTY && process.stderr.isTTY)) {
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
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const interrupted = new Promise<never>((_, reject) => {
    // in a question, Ctrl-C reaches readline and nobody else
    terminal.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
    terminal.once("close", () => reject(new NotConfirmedError("nothing was sent")));
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `, { signal }), interrupted]);
    if (!/^y(es)?$/i.test(answer.trim())) {
      throw new NotConfirmedError("nothing was sent");
    }
  } finally {
    terminal.removeAllListeners("close");
    terminal.close();
  }
}
