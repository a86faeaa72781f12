import fc from "fast-check";
import { bytesToHex, encodeFunctionData, hexToBytes } from "viem";
import { outputsAbi } from "../../machine/node/chain/abis.ts";
import { type DecodedOutput, decodeOutput } from "../../machine/node/chain/outputs.ts";
import { checkParser } from "../checkParser.ts";
import { Refusal, refusingUndefined } from "../refusal.ts";
import { address, samples } from "../samples.ts";
import type { Target } from "../target.ts";

const payload = fc.uint8Array({ maxLength: 70 }).map((bytes) => bytesToHex(bytes));
const value = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const output: fc.Arbitrary<DecodedOutput> = fc.oneof(
  fc.record({ type: fc.constant("Notice" as const), payload }),
  fc.record({ type: fc.constant("Voucher" as const), destination: address, value, payload }),
  fc.record({ type: fc.constant("DelegateCallVoucher" as const), destination: address, payload }),
);

export default {
  description: "the machine's outputs, as the node reads them from a machine that may be anybody's",
  seeds: (seed) => samples(output.map(encode), seed),
  check: (input) => checkParser({ parse: refusingUndefined(decodeOutput), refuses: [Refusal] }, input),
} satisfies Target;

function encode(output: DecodedOutput): Uint8Array {
  if (output.type === "Notice") {
    return hexToBytes(call("Notice", [output.payload]));
  }
  if (output.type === "Voucher") {
    return hexToBytes(call("Voucher", [output.destination, output.value, output.payload]));
  }
  return hexToBytes(call("DelegateCallVoucher", [output.destination, output.payload]));
}

function call(functionName: DecodedOutput["type"], args: readonly unknown[]) {
  return encodeFunctionData({ abi: outputsAbi, functionName, args } as never);
}
