import { inspect } from "node:util";
import type { Command } from "commander";
import { printableLines } from "../client/index.ts";
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
      process.exitCode = outcome.exitCode;
      process.stdout.write(
        isJson ? `${toJson(schemaOf(self), outcome.json)}\n` : `${printableLines(outcome.text.trimEnd())}\n`,
      );
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

/** Prints an error, whose words may be a stranger's, and sets the exit code. */
export function reportError(error: unknown, isJson: boolean): void {
  process.exitCode = errorExitCode(error);
  const isOurs = error instanceof CartenixError;
  if (!isOurs) {
    console.error(printableLines(inspect(error)));
  }
  if (isJson) {
    process.stdout.write(
      `${toJson("cartenix.error.v1", isOurs ? fieldsOf(error) : fieldsOfDefect(error))}\n`,
    );
  } else if (isOurs) {
    console.error(`error: ${printableLines(error.message)}`);
  }
}

function fieldsOf({ code, shortMessage: message, details, remedy }: CartenixError): object {
  return { code, message, details, remedy };
}

function fieldsOfDefect(error: unknown): object {
  return { code: "DEFECT", message: error instanceof Error ? error.message : String(error) };
}
