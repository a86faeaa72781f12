import { brotliCompressSync } from "node:zlib";
import fc from "fast-check";
import { decompressBundle } from "../../machine/handler/bundle/decompressBundle.ts";
import { Rejection } from "../../machine/handler/device/rejection.ts";
import { checkParser } from "../checkParser.ts";
import { samples } from "../generators/samples.ts";
import type { Target } from "../target.ts";

const MAX_BYTES = 1024 * 1024;

export default {
  description: "compressed uploads, before decompression",
  seeds: (seed) => [
    ...samples(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => brotliCompressSync(bytes)),
      seed,
    ),
    brotliCompressSync(Buffer.alloc(MAX_BYTES)),
  ],
  check: (input) =>
    checkParser({ parse: (blob) => decompressBundle(blob, MAX_BYTES), refuses: [Rejection] }, input),
} satisfies Target;
