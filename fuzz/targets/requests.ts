import fc from "fast-check";
import { hexToBytes } from "viem";
import {
  decodeRequest,
  encodeRequest,
  MAX_CHUNKS,
  MalformedRequestError,
  type Request,
} from "../../protocol/index.ts";
import { checkParser } from "../checkParser.ts";
import { bytes32, samples, storePathText } from "../generators/samples.ts";
import type { Target } from "../target.ts";

const request: fc.Arbitrary<Request> = fc.oneof(
  fc.record({
    kind: fc.constant("upload" as const),
    sha256: bytes32,
    index: fc.nat(9),
    count: fc.integer({ min: 10, max: MAX_CHUNKS }),
    chunk: fc.uint8Array({ minLength: 1, maxLength: 70 }),
  }),
  fc.record({ kind: fc.constant("build" as const), bundle: bytes32, drvPath: storePathText }),
  fc.record({ kind: fc.constant("rebuild" as const), drvPath: storePathText }),
);

export default {
  description: "payloads of inputs, from anyone",
  seeds: (seed) => samples(request.map(encode), seed),
  maxLength: 70_000,
  check: (input) =>
    checkParser({ parse: decodeRequest, format: encode, refuses: [MalformedRequestError] }, input),
} satisfies Target;

function encode(request: Request): Uint8Array {
  return hexToBytes(encodeRequest(request));
}
