import assert from "node:assert/strict";
import { runInTerminal } from "./runInTerminal.ts";

export interface AskingOptions {
  environment: Record<string, string>;
  /** What is asked. */
  question: RegExp;
  /** The exit code after a no. */
  refusedExitCode: number;
  /** Fails if something was done. */
  assertNothingDone: () => Promise<void>;
}

/**
 * Makes sure that a command asks on a terminal, and does nothing after a no, the end of the input or Ctrl-C.
 *
 * @returns the run with a yes.
 */
export async function assertAsks(args: readonly string[], options: AskingOptions) {
  const { environment, question, refusedExitCode, assertNothingDone } = options;
  const answer = (text: string) => runInTerminal(args, { environment, typing: [[question, text]] });
  for (const [text, exitCode] of [
    ["n\r", refusedExitCode],
    ["\r", refusedExitCode],
    ["\x04", refusedExitCode],
    ["\x03", 130],
  ] as const) {
    const { exitCode: actual, shown } = await answer(text);
    assert.equal(actual, exitCode, shown);
    await assertNothingDone();
  }
  return answer("y\r");
}
