import { inspect, isDeepStrictEqual } from "node:util";
import { shortenText } from "./shortenText.ts";

/** Longer lines are shown around their first difference only. */
const MAX_STRING_CHARACTERS = 200;
/** Mocha cuts longer values off before it compares them. */
const MAX_DIFF_CHARACTERS = 8_192;
const MAX_DIFFERENCES = 20;
const MAX_DEPTH = 10;
const CONTEXT_CHARACTERS = 20;

interface Failure extends Error {
  actual?: unknown;
  expected?: unknown;
  /** Whether `node:assert` wrote the message, whose first line is then the only one without values. */
  generatedMessage?: boolean;
  /** Whether Mocha compares both values. */
  showDiff?: boolean;
}

/**
 * Shortens in place what a failed test prints, so that the difference fits on a screen: calldata to its ends, structs to the
 * fields that differ, viem's chain of causes to the innermost, stacks to our own frames.
 */
export function shortenFailure(failure: unknown, seen = new Set<unknown>()): void {
  if (!(failure instanceof Error) || seen.has(failure)) {
    return;
  }
  seen.add(failure);
  const message = shortenText(describeDifferences(failure) ?? failure.message);
  replace(failure, "stack", [`${failure.name}: ${message}`, ...framesOf(failure)].join("\n"));
  replace(failure, "message", message);
  const cause = causeOf(failure);
  if (cause) {
    replace(failure, "cause", cause);
    shortenFailure(cause, seen);
  }
}

/** Some errors, such as DOMException, refuse an assignment. */
function replace(failure: Failure, property: keyof Failure, value: unknown): void {
  Reflect.defineProperty(failure, property, { value, writable: true, configurable: true });
}

/** The message with the differences instead of both values; `undefined` when Mocha's own diff is short enough. */
function describeDifferences(failure: Failure): string | undefined {
  const { actual, expected } = failure;
  const differences = differencesBetween(actual, expected, "", 0);
  if (differences.length === 0 || !(isObject(actual) || isLongText(actual, expected))) {
    return undefined;
  }
  replace(failure, "showDiff", false);
  const [headline] = failure.message.split(failure.generatedMessage ? "\n" : "\n+ actual - expected");
  const omitted = differences.length - MAX_DIFFERENCES;
  return [
    headline,
    ...differences.slice(0, MAX_DIFFERENCES).map((line) => `  ${line}`),
    ...(omitted > 0 ? [`  and ${omitted} more differences`] : []),
  ].join("\n");
}

/** One line for each place at which two values differ. */
function differencesBetween(actual: unknown, expected: unknown, place: string, depth: number): string[] {
  if (isDeepStrictEqual(actual, expected)) {
    return [];
  }
  const [one, other] = [actual, expected].map((value) => (ArrayBuffer.isView(value) ? hexOf(value) : value));
  const prefix = place ? `${place}: ` : "";
  if (isLongText(one, other)) {
    return [`${prefix}${firstDifference(one as string, other as string)}`];
  }
  if (isObject(one) && isObject(other) && depth < MAX_DEPTH) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    const inner = [...keys].flatMap((key) => {
      const inside = Array.isArray(one) ? `${place}[${key}]` : place ? `${place}.${key}` : key;
      return differencesBetween(Reflect.get(one, key), Reflect.get(other, key), inside, depth + 1);
    });
    if (inner.length > 0 || depth === 0) {
      return inner;
    }
  }
  return [`${prefix}${inspect(one)}, expected ${inspect(other)}`];
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function hexOf({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString("hex");
}

function isLongText(actual: unknown, expected: unknown): boolean {
  if (typeof actual !== "string" || typeof expected !== "string" || actual === expected) {
    return false;
  }
  return [actual, expected].some(
    (text) =>
      text.length > MAX_DIFF_CHARACTERS ||
      text.split("\n").some((line) => line.length > MAX_STRING_CHARACTERS),
  );
}

function firstDifference(actual: string, expected: string): string {
  let at = 0;
  while (actual[at] === expected[at]) {
    at += 1;
  }
  const lines = actual.slice(0, at).split("\n");
  const excerpt = (text: string) =>
    `${JSON.stringify(text.slice(Math.max(0, at - CONTEXT_CHARACTERS), at + CONTEXT_CHARACTERS))} of ${text.length} characters`;
  return `from line ${lines.length}, character ${lines.at(-1)!.length + 1} on: ${excerpt(actual)}, expected ${excerpt(expected)}`;
}

/** The stack frames outside dependencies; all of them when there are none outside. */
function framesOf({ stack = "" }: Error): string[] {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const ours = frames.filter((frame) => !/node_modules|\bnode:/.test(frame));
  return ours.length > 0 ? ours : frames;
}

/** The cause, past viem's errors that only repeat what their own cause says. */
function causeOf(error: Error): Error | undefined {
  let { cause } = error;
  while (cause instanceof Error && "metaMessages" in cause && cause.cause instanceof Error) {
    cause = cause.cause;
  }
  return cause instanceof Error ? cause : undefined;
}
