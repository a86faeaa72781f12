import { createInterface } from "node:readline/promises";

/** Whether there is somebody to ask. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/**
 * Asks on the terminal for a yes or no. The end of the input, Ctrl-D, is a no.
 *
 * @throws the signal's reason on Ctrl-C.
 */
export async function askOnTerminal(question: string, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  const interrupted = new Promise<never>((_, reject) => {
    // in a question, Ctrl-C reaches readline and nobody else
    terminal.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    const asked = terminal.question(`${question} [y/N] `, { signal });
    const answer = await Promise.race([interrupted, asked, ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
