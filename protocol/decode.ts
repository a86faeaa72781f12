import { bytesToHex, type Hex, hexToBytes, toFunctionSelector } from "viem";
import { CartenixError, type ErrorCode } from "../support/index.ts";
import { requestsAbi } from "./abi.ts";
import { MAX_CHUNKS, MAX_PAYLOAD_BYTES } from "./limits.ts";
import type { BuildRequest, RebuildRequest, Request, UploadRequest } from "./types.ts";

/** The payload is no request, or not in its canonical encoding; the message says why, in one line. */
export class MalformedRequestError extends CartenixError {
  readonly code: ErrorCode = "MALFORMED_REQUEST";
}

const DRV_PATH_MAX_LENGTH = "/nix/store/".length + 32 + 1 + 211;

const WORD = 32;
const SELECTOR = 4;
const [UPLOAD, BUILD, REBUILD] = requestsAbi.map((item) => toFunctionSelector(item));

/**
 * Decodes an input's payload, strictly: the one canonical ABI encoding, every field within its bounds.
 *
 * Written out by hand, since it runs inside the machine: a general decoder takes 150 million cycles for a chunk.
 *
 * @throws {MalformedRequestError}
 */
export function decodeRequest(payload: Hex | Uint8Array): Request {
  const bytes = Buffer.from(typeof payload === "string" ? hexToBytes(payload) : payload);
  if (bytes.length > MAX_PAYLOAD_BYTES) {
    throw new MalformedRequestError(`payload of ${bytes.length} bytes is longer than ${MAX_PAYLOAD_BYTES}`);
  }
  const selector = bytesToHex(bytes.subarray(0, SELECTOR));
  const words = bytes.subarray(SELECTOR);
  if (selector === UPLOAD) {
    return readUpload(words);
  }
  if (selector === BUILD) {
    return readBuild(words);
  }
  if (selector === REBUILD) {
    return readRebuild(words);
  }
  throw new MalformedRequestError(`payload is none of upload, build and rebuild: it begins with ${selector}`);
}

interface CallShape {
  readonly call: "upload" | "build" | "rebuild";
  /** How many words stand before the value of variable length. */
  readonly headWords: number;
}

function readUpload(words: Buffer): UploadRequest {
  const chunk = readTail(words, { call: "upload", headWords: 4 });
  const index = readUint32(words, 1, "upload: index");
  const count = readUint32(words, 2, "upload: count");
  if (count < 1 || count > MAX_CHUNKS) {
    throw new MalformedRequestError(`upload: count ${count} is not within 1 to ${MAX_CHUNKS}`);
  }
  if (index >= count) {
    throw new MalformedRequestError(`upload: index ${index} is not below count ${count}`);
  }
  if (chunk.length === 0) {
    throw new MalformedRequestError("upload: the chunk is empty");
  }
  return { kind: "upload", sha256: readBytes32(words, 0), index, count, chunk };
}

function readBuild(words: Buffer): BuildRequest {
  const drvPath = readDrvPath(words, { call: "build", headWords: 2 });
  return { kind: "build", bundle: readBytes32(words, 0), drvPath };
}

function readRebuild(words: Buffer): RebuildRequest {
  return { kind: "rebuild", drvPath: readDrvPath(words, { call: "rebuild", headWords: 1 }) };
}

function readDrvPath(words: Buffer, shape: CallShape): string {
  const drvPath = readTail(words, shape);
  if (drvPath.length > DRV_PATH_MAX_LENGTH) {
    throw new MalformedRequestError(
      `${shape.call}: drvPath of ${drvPath.length} characters is longer than ${DRV_PATH_MAX_LENGTH}`,
    );
  }
  return readText(drvPath, shape);
}

/** The one value of variable length, which every call has as their last: its offset, length and padding. */
function readTail(words: Buffer, { call, headWords }: CallShape): Uint8Array {
  const headLength = headWords * WORD;
  if (words.length < headLength + WORD) {
    throw notCanonical(call);
  }
  if (readUint32(words, headWords - 1, `${call}: offset`) !== headLength) {
    throw notCanonical(call);
  }
  const length = readUint32(words, headWords, `${call}: length`);
  const start = headLength + WORD;
  const end = start + length;
  if (words.length !== start + Math.ceil(length / WORD) * WORD) {
    throw notCanonical(call);
  }
  if (words.subarray(end).some((byte) => byte !== 0)) {
    throw notCanonical(call);
  }
  return new Uint8Array(words.subarray(start, end));
}

function readUint32(words: Buffer, index: number, field: string): number {
  const start = index * WORD;
  const value = start + WORD - 4;
  if (words.subarray(start, value).some((byte) => byte !== 0)) {
    throw new MalformedRequestError(`${field} is too large`);
  }
  return words.readUInt32BE(value);
}

function readBytes32(words: Buffer, index: number): Hex {
  return bytesToHex(words.subarray(index * WORD, (index + 1) * WORD));
}

function readText(bytes: Uint8Array, { call }: CallShape): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new MalformedRequestError(`${call}: drvPath is not UTF-8`);
  }
}

function notCanonical(call: string): MalformedRequestError {
  return new MalformedRequestError(`${call}: not the canonical ABI encoding`);
}
