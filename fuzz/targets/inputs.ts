import fc from "fast-check";
import { bytesToHex, hexToBytes } from "viem";
import { decodeEvmAdvance, type EvmAdvance, encodeEvmAdvance } from "../../protocol/index.ts";
import { checkParser } from "../checkParser.ts";
import { address, samples } from "../generators/samples.ts";
import { Refusal, refusingUndefined } from "../refusal.ts";
import type { Target } from "../target.ts";

const uint256 = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const advance: fc.Arbitrary<EvmAdvance> = fc.record({
  chainId: uint256,
  application: address,
  sender: address,
  blockNumber: uint256,
  blockTimestamp: uint256,
  prevRandao: uint256,
  index: uint256,
  payload: fc.uint8Array({ maxLength: 70 }).map((bytes) => bytesToHex(bytes)),
});

export default {
  description: "EvmAdvance calls in the InputBox's events, as an untrusted endpoint returns them",
  seeds: (seed) => samples(advance.map(encode), seed),
  check: (input) =>
    checkParser(
      {
        parse: refusingUndefined((bytes) => decodeEvmAdvance(bytesToHex(bytes))),
        format: encode,
        refuses: [Refusal],
      },
      input,
    ),
} satisfies Target;

function encode(advance: EvmAdvance): Uint8Array {
  return hexToBytes(encodeEvmAdvance(advance));
}
