import type { Command } from "commander";
import { CartenixError, InterruptedError } from "../support/index.ts";
import { errorExitCode } from "./output/errorExitCode.ts";
import { toJson } from "./output/toJson.ts";

/** How a command ended. */
export interface Outcome {
  exitCode: number;
  /** For people. */
  text: string;
  /** The same for programs. */
  json: object;
}

export interface ActionContext {
  /** Ends with Ctrl-C, or with a signal that asks the process to end. */
  signal: AbortSignal;
  command: Command;
  /** Whether the answer is for a program. */
  isJson: boolean;
}

/**
 * Lets a function do a command's work: prints its outcome, as text or with `--json` as `cartenix.<name>.v1`, or its error; sets the
 * exit code; and tells it when it is interrupted.
 */
export function defineAction<Arguments extends unknown[]>(
  command: Command,
  work: (context: ActionContext, ...given: Arguments) => Promise<Outcome>,
): void {
  command.option("--json", "print the answer as JSON", false).action(async (...given: unknown[]) => {
    const [self, , ...args] = given.toReversed() as [Command, object, ...unknown[]];
    const { json: isJson } = self.opts<{ json: boolean }>();
    const interruption = new AbortController();
    const stop = () => interruption.abort(new InterruptedError());
    process.once("SIGINT", stop).once("SIGTERM", stop);
    try {
      const outcome = await work(
        { signal: interruption.signal, command: self, isJson },
        ...(args.toReversed() as Arguments),
      );
      process.stdout.write(
        isJson ? `${toJson(schemaOf(self), outcome.json)}\n` : `${outcome.text.trimEnd()}\n`,
      );
      process.exitCode = outcome.exitCode;
    } catch (error) {
      reportError(interruption.signal.aborted ? interruption.signal.reason : error, isJson);
    } finally {
      process.off("SIGINT", stop).off("SIGTERM", stop);
    }
  });
}

/** `cartenix.policy-check.v1` for `cartenix policy check`. */
function schemaOf(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at?.parent; at = at.parent) {
    names.unshift(at.name());
  }
  return `cartenix.${names.join("-")}.v1`;
}

export function reportError(error: unknown, isJson: boolean): void {
  process.exitCode = errorExitCode(error);
  if (!(error instanceof CartenixError)) {
    console.error(error);
    return;
  }
  if (isJson) {
    const { code, shortMessage: message, details, remedy } = error;
    process.stdout.write(`${toJson("cartenix.error.v1", { code, message, details, remedy })}\n`);
    return;
  }
  console.error(`error: ${error.message}`);
}
