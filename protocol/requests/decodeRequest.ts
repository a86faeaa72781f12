import { bytesToHex, type Hex, hexToBytes, toFunctionSelector } from "viem";
import { MalformedRequestError } from "../protocolErrors.ts";
import type { BuildRequest, RebuildRequest, Request, UploadRequest } from "./request.ts";
import { MAX_CHUNKS, MAX_DRV_PATH_LENGTH, MAX_PAYLOAD_BYTES } from "./requestLimits.ts";
import { requestsAbi } from "./requestsAbi.ts";

const WORD_BYTES = 32;
const SELECTOR_BYTES = 4;

const DECODERS: { readonly [Kind in Request["kind"]]: (words: Buffer) => Extract<Request, { kind: Kind }> } =
  {
    upload: decodeUpload,
    build: decodeBuild,
    rebuild: decodeRebuild,
  };
const DECODERS_BY_SELECTOR: ReadonlyMap<Hex, (words: Buffer) => Request> = new Map(
  requestsAbi.map((item) => [toFunctionSelector(item), DECODERS[item.name]]),
);

/** Every kind of request. */
export const REQUEST_KINDS = Object.keys(DECODERS) as readonly Request["kind"][];

/**
 * Decodes an input's payload, strictly: the one canonical ABI encoding, every field within its bounds.
 *
 * Written out by hand, since it runs inside the machine: viem's general decoder takes 150 million cycles for a chunk.
 *
 * @throws {MalformedRequestError}
 */
export function decodeRequest(payload: Hex | Uint8Array): Request {
  const bytes = Buffer.from(typeof payload === "string" ? hexToBytes(payload) : payload);
  if (bytes.length > MAX_PAYLOAD_BYTES) {
    throw new MalformedRequestError(`payload of ${bytes.length} bytes is longer than ${MAX_PAYLOAD_BYTES}`);
  }
  const selector = bytesToHex(bytes.subarray(0, SELECTOR_BYTES));
  const decode = DECODERS_BY_SELECTOR.get(selector);
  if (!decode) {
    throw new MalformedRequestError(
      `unknown request ${selector}: expected one of ${REQUEST_KINDS.join(", ")}`,
    );
  }
  return decode(bytes.subarray(SELECTOR_BYTES));
}

interface CallShape {
  readonly call: Request["kind"];
  /** Words before the value of variable length. */
  readonly headWords: number;
}

function decodeUpload(words: Buffer): UploadRequest {
  const chunk = decodeTail(words, { call: "upload", headWords: 4 });
  const index = decodeUint32(words, 1, "upload: index");
  const count = decodeUint32(words, 2, "upload: count");
  if (count < 1 || count > MAX_CHUNKS) {
    throw new MalformedRequestError(`upload: count ${count} is not within 1 to ${MAX_CHUNKS}`);
  }
  if (index >= count) {
    throw new MalformedRequestError(`upload: index ${index} is not below count ${count}`);
  }
  if (chunk.length === 0) {
    throw new MalformedRequestError("upload: the chunk is empty");
  }
  return { kind: "upload", sha256: decodeBytes32(words, 0), index, count, chunk };
}

function decodeBuild(words: Buffer): BuildRequest {
  const drvPath = decodeDrvPath(words, { call: "build", headWords: 2 });
  return { kind: "build", bundle: decodeBytes32(words, 0), drvPath };
}

function decodeRebuild(words: Buffer): RebuildRequest {
  return { kind: "rebuild", drvPath: decodeDrvPath(words, { call: "rebuild", headWords: 1 }) };
}

function decodeDrvPath(words: Buffer, shape: CallShape): string {
  const drvPath = decodeTail(words, shape);
  if (drvPath.length > MAX_DRV_PATH_LENGTH) {
    throw new MalformedRequestError(
      `${shape.call}: drvPath of ${drvPath.length} bytes is longer than ${MAX_DRV_PATH_LENGTH}`,
    );
  }
  return decodeText(drvPath, shape);
}

/** The one value of variable length, which is the last of every call: its offset, length and padding. */
function decodeTail(words: Buffer, { call, headWords }: CallShape): Uint8Array {
  const headLength = headWords * WORD_BYTES;
  if (words.length < headLength + WORD_BYTES) {
    throw notCanonical(call);
  }
  if (decodeUint32(words, headWords - 1, `${call}: offset`) !== headLength) {
    throw notCanonical(call);
  }
  const length = decodeUint32(words, headWords, `${call}: length`);
  const start = headLength + WORD_BYTES;
  const end = start + length;
  if (words.length !== start + Math.ceil(length / WORD_BYTES) * WORD_BYTES) {
    throw notCanonical(call);
  }
  if (words.subarray(end).some((byte) => byte !== 0)) {
    throw notCanonical(call);
  }
  return new Uint8Array(words.subarray(start, end));
}

function decodeUint32(words: Buffer, index: number, field: string): number {
  const start = index * WORD_BYTES;
  const value = start + WORD_BYTES - 4;
  if (words.subarray(start, value).some((byte) => byte !== 0)) {
    throw new MalformedRequestError(`${field} is too large`);
  }
  return words.readUInt32BE(value);
}

function decodeBytes32(words: Buffer, index: number): Hex {
  return bytesToHex(words.subarray(index * WORD_BYTES, (index + 1) * WORD_BYTES));
}

function decodeText(bytes: Uint8Array, { call }: CallShape): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new MalformedRequestError(`${call}: drvPath is not UTF-8`);
  }
}

function notCanonical(call: string): MalformedRequestError {
  return new MalformedRequestError(`${call}: not the canonical ABI encoding`);
}
