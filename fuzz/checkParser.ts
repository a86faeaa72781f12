import assert from "node:assert/strict";
import { CartenixError } from "../support/index.ts";
import type { Verdict } from "./target.ts";

type ErrorClass = abstract new (...args: never[]) => Error;

/** What a parser promises. */
export interface Parser<T> {
  parse(input: Uint8Array): T;
  /** Gives the one encoding of what was read; left out where more than one is taken. */
  print?(value: T): Uint8Array;
  /** The errors by which it refuses; any other one is a crash. */
  readonly refuses: readonly ErrorClass[];
}

const LONGEST_MESSAGE = 4_096;

/**
 * Runs a parser on an input and checks that it refuses only by its own errors, in one line of bounded length; that it
 * says the same the second time, from the middle of a buffer, and leaves its input alone; and that what it accepts is printed to the same bytes.
 */
export function checkParser<T>({ parse, print, refuses }: Parser<T>, input: Uint8Array): Verdict {
  const attempt = (offset: number) => {
    const given = new Uint8Array(new ArrayBuffer(offset + input.length), offset);
    given.set(input);
    const outcome = outcomeOf(() => parse(given), refuses);
    assert.ok(Buffer.compare(given, input) === 0, "the parser changed its input");
    return outcome;
  };
  const first = attempt(0);
  const second = attempt(3);
  if ("refusal" in first) {
    assert.equal("refusal" in second && second.refusal, first.refusal, "the second reading says otherwise");
    assert.ok(first.refusal.length <= LONGEST_MESSAGE, `a refusal has ${first.refusal.length} characters`);
    assert.ok(
      !hasControls(first.refusal),
      `a refusal has control characters: ${JSON.stringify(first.refusal)}`,
    );
    return "refused";
  }
  assert.ok("value" in second, "the second reading says otherwise");
  assert.deepEqual(second.value, first.value, "the second reading says otherwise");
  if (print) {
    const printed = Buffer.from(print(first.value));
    assert.ok(printed.equals(input), `printed again it is ${printed.toString("hex").slice(0, 2_000)}`);
  }
  return "accepted";
}

function outcomeOf<T>(parse: () => T, refuses: readonly ErrorClass[]): { value: T } | { refusal: string } {
  try {
    return { value: parse() };
  } catch (error) {
    if (!refuses.some((kind) => error instanceof kind)) {
      throw error;
    }
    return { refusal: error instanceof CartenixError ? inOneLine(error) : (error as Error).message };
  }
}

/** What a terminal or a log would take for a command or a new line. */
function hasControls(text: string): boolean {
  return [...text].some((character) => character < " ");
}

/** These have a line each for what happened, the details and the remedy. */
function inOneLine({ shortMessage, details = "", remedy = "" }: CartenixError): string {
  return [shortMessage, details, remedy].join(" ");
}
