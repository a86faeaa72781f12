import type { Random } from "../random.ts";
import { edgeNumber } from "./numbers.ts";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const MAX_PARSED_DEPTH = 50;
const HOSTILE_DEPTH = 20_000;

/** Replaces one value of a JSON text by one of another type, an extreme one, or one from elsewhere in it. */
export function mutateJson(input: Uint8Array, random: Random): Uint8Array {
  const text = Buffer.from(input).toString();
  if (random.oneIn(40)) {
    return deep(text, random);
  }
  const root = parse(text);
  if (root === undefined) {
    return input;
  }
  const places = placesIn({ root });
  const { holder, key } = random.pick(places);
  const change = random.below(4);
  if (change === 0 && !Array.isArray(holder)) {
    delete holder[key];
  } else if (change === 1) {
    set({ holder, key: random.pick(NAMES) }, odd(random));
  } else {
    set({ holder, key }, change === 2 ? get(random.pick(places)) : odd(random));
  }
  return Buffer.from(JSON.stringify(root ?? null));
}

function parse(text: string): Json | undefined {
  if (depthOf(text) > MAX_PARSED_DEPTH) {
    return undefined;
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** At least the depth of the JSON: brackets in strings count too. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === "[" || character === "{") {
      depth += 1;
    } else if (character === "]" || character === "}") {
      depth -= 1;
    }
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

interface Place {
  holder: Json[] | { [key: string]: Json };
  key: string;
}

const NAMES = ["__proto__", "constructor", "toString", "", "kind", "application", "0"];

function odd(random: Random): Json {
  return random.pick<() => Json>([
    () => null,
    () => true,
    () => [],
    () => ({}),
    () => "",
    () => "\u0000\ud800",
    () => "a\nb",
    () => -1,
    () => 1.5,
    () => Number.MAX_VALUE,
    () => Number(edgeNumber(random)),
    () => `0x${edgeNumber(random).toString(16)}`,
    () => "x".repeat(300),
  ])();
}

function placesIn(holder: Json[] | { [key: string]: Json }): Place[] {
  return Object.keys(holder).flatMap((key) => {
    const value = get({ holder, key });
    const inner = typeof value === "object" && value !== null ? placesIn(value) : [];
    return [{ holder, key }, ...inner];
  });
}

function get({ holder, key }: Place): Json {
  return (holder as { [key: string]: Json })[key] as Json;
}

function set({ holder, key }: Place, value: Json): void {
  const copy = structuredClone(value);
  Object.defineProperty(holder, key, { value: copy, configurable: true, enumerable: true, writable: true });
}

/** Replaces a value by thousands of nested brackets. */
function deep(text: string, random: Random): Uint8Array {
  const [open, close] = random.oneIn(2) ? ["[", "]"] : ['{"a":', "}"];
  const nested = `${open.repeat(HOSTILE_DEPTH)}1${close.repeat(HOSTILE_DEPTH)}`;
  const values = [...text.matchAll(/"[^"\\]*"(?!:)|\b\d+\b/g)];
  if (values.length === 0) {
    return Buffer.from(nested);
  }
  const { index, 0: value } = random.pick(values);
  return Buffer.from(text.slice(0, index) + nested + text.slice(index + value.length));
}
