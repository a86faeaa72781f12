import fc from "fast-check";
import { bytesToHex, hexToBytes } from "viem";
import { decodeOutput, encodeOutput, type Output } from "../../protocol/index.ts";
import { checkParser } from "../checkParser.ts";
import { address, samples } from "../generators/samples.ts";
import { Refusal, refusingUndefined } from "../refusal.ts";
import type { Target } from "../target.ts";

const payload = fc.uint8Array({ maxLength: 70 }).map((bytes) => bytesToHex(bytes));
const value = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const output: fc.Arbitrary<Output> = fc.oneof(
  fc.record({ type: fc.constant("Notice" as const), payload }),
  fc.record({ type: fc.constant("Voucher" as const), destination: address, value, payload }),
  fc.record({ type: fc.constant("DelegateCallVoucher" as const), destination: address, payload }),
);

export default {
  description: "outputs of an untrusted machine, as the node reads them",
  seeds: (seed) =>
    samples(
      output.map((value) => hexToBytes(encodeOutput(value))),
      seed,
    ),
  check: (input) =>
    checkParser(
      { parse: refusingUndefined((bytes) => decodeOutput(bytesToHex(bytes))), refuses: [Refusal] },
      input,
    ),
} satisfies Target;
