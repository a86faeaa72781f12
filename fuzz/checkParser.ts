import assert from "node:assert/strict";
import { CartenixError } from "../support/index.ts";
import type { Verdict } from "./target.ts";

type ErrorClass = abstract new (...args: never[]) => Error;

/** A parser and its promises. */
export interface Parser<T> {
  parse(input: Uint8Array): T;
  /** Returns the only encoding of a value; left out if more than one is accepted. */
  format?(value: T): Uint8Array;
  /** The errors by which it refuses; any other error is a crash. */
  readonly refuses: readonly ErrorClass[];
}

const MAX_MESSAGE_CHARACTERS = 4_096;

/**
 * Runs a parser on an input and checks that it refuses only with its own errors, in one line of bounded length; that a
 * second run, from the middle of a buffer, has the same result; that it leaves its input alone; and that what it accepts
 * is formatted to the same bytes.
 */
export function checkParser<T>({ parse, format, refuses }: Parser<T>, input: Uint8Array): Verdict {
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
    assert.equal("refusal" in second && second.refusal, first.refusal, "a second run has another result");
    assert.ok(
      first.refusal.length <= MAX_MESSAGE_CHARACTERS,
      `a refusal has ${first.refusal.length} characters`,
    );
    assert.ok(
      !hasControls(first.refusal),
      `a refusal has control characters: ${JSON.stringify(first.refusal)}`,
    );
    return "refused";
  }
  assert.ok("value" in second, "a second run has another result");
  assert.deepEqual(second.value, first.value, "a second run has another result");
  if (format) {
    const formatted = Buffer.from(format(first.value));
    assert.ok(formatted.equals(input), `formatted again it is ${formatted.toString("hex").slice(0, 2_000)}`);
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

/** Whether a terminal or a log could mistake it for a command or a new line. */
function hasControls(text: string): boolean {
  return [...text].some((character) => character < " ");
}

/** Without the line breaks that our errors put between message, details and remedy. */
function inOneLine({ shortMessage, details = "", remedy = "" }: CartenixError): string {
  return [shortMessage, details, remedy].join(" ");
}
