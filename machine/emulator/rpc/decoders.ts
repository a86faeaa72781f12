import type { Hex } from "viem";
import { CartenixError, type ErrorCode } from "../../../support/index.ts";
import { toHex } from "../hex.ts";
import type { ExactJson } from "./exactJson.ts";

/** Checks one value of a response and returns it with its type; throws a {@link MismatchError} for any other value. */
export type Decoder<T> = (value: ExactJson) => T;

/** A response has another shape than its method declares. */
export class MismatchError extends CartenixError {
  readonly code: ErrorCode = "MISMATCH";
}

const MAX_U64 = (1n << 64n) - 1n;

export const decodeU64: Decoder<bigint> = (value) => {
  if (typeof value !== "bigint" && !(typeof value === "number" && Number.isSafeInteger(value))) {
    throw mismatch("an unsigned integer", value);
  }
  const integer = BigInt(value);
  if (integer < 0n || integer > MAX_U64) {
    throw mismatch("a 64-bit unsigned integer", value);
  }
  return integer;
};

export const decodeTrue: Decoder<true> = (value) => {
  if (value !== true) {
    throw mismatch("true", value);
  }
  return value;
};

export const decodeBoolean: Decoder<boolean> = (value) => {
  if (typeof value !== "boolean") {
    throw mismatch("a boolean", value);
  }
  return value;
};

export const decodeString: Decoder<string> = (value) => {
  if (typeof value !== "string") {
    throw mismatch("a string", value);
  }
  return value;
};

export function decodeOneOf<const T extends string>(names: readonly T[]): Decoder<T> {
  return (value) => {
    const name = names.find((candidate) => candidate === value);
    if (name === undefined) {
      throw mismatch(`one of ${names.join(", ")}`, value);
    }
    return name;
  };
}

export function decodeRecord(value: ExactJson): { [key: string]: ExactJson } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw mismatch("an object", value);
  }
  return value;
}

/** A list of as many items as one of the bounds allows. */
export function decodeArray<T>(
  decode: Decoder<T>,
  { min = 0, max }: { min?: number; max: number },
): Decoder<T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length < min || value.length > max) {
      throw mismatch(`a list of ${min} to ${max} items`, value);
    }
    return value.map(decode);
  };
}

/** Base64 of exactly `length` bytes: padded, canonical, without line breaks. */
export function decodeBase64(length: number): Decoder<Uint8Array> {
  return (value) => {
    const text = decodeString(value);
    const bytes = Buffer.from(text, "base64");
    if (bytes.length !== length || bytes.toString("base64") !== text) {
      throw mismatch(`base64 of ${length} bytes`, text);
    }
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  };
}

const decodeHashBytes = decodeBase64(32);

/** A hash in base64. */
export const decodeHash: Decoder<Hex> = (value) => toHex(decodeHashBytes(value));

/** An address on this computer, `127.0.0.1:port`. */
export const decodeLoopbackAddress: Decoder<string> = (value) => {
  const address = decodeString(value);
  const port = /^127\.0\.0\.1:([1-9]\d{0,4})$/.exec(address)?.[1];
  if (port === undefined || Number(port) > 65_535) {
    throw mismatch("a loopback address with a port", value);
  }
  return address;
};

function mismatch(expected: string, found: ExactJson): MismatchError {
  const shown = typeof found === "object" ? (Array.isArray(found) ? "an array" : "an object") : String(found);
  return new MismatchError(`expected ${expected}, found ${shown.slice(0, 80)}`);
}
