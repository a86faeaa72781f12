import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { encodeFunctionData, type Hex } from "viem";
import { inputsAbi, outputsAbi } from "../../abi/index.ts";
import {
  decodeEvmAdvance,
  decodeOutput,
  decodeRecord,
  destinationOf,
  type EvmAdvance,
  encodeEvmAdvance,
  encodeOutput,
  encodeRecord,
  formatNarHash,
  type Output,
  type RegistryOutput,
} from "../../protocol/index.ts";

const destination = `0x${"12".repeat(20)}` as const;
const payload = "0xdead";

describe("outputs", () => {
  const outputs: Output[] = [
    { type: "Voucher", destination, value: 7n, payload },
    { type: "DelegateCallVoucher", destination, payload },
    { type: "Notice", payload },
  ];

  it("are encoded as the contracts do, and decoded again", () => {
    const [voucher, delegateCall, notice] = outputs.map(encodeOutput);
    const encode = (functionName: Output["type"], args: readonly unknown[]) =>
      encodeFunctionData({ abi: outputsAbi, functionName, args } as never);
    assert.equal(voucher, encode("Voucher", [destination, 7n, payload]));
    assert.equal(delegateCall, encode("DelegateCallVoucher", [destination, payload]));
    assert.equal(notice, encode("Notice", [payload]));
    assert.deepEqual(outputs.map(encodeOutput).map(decodeOutput), outputs);
  });

  it("have a destination unless they are notices", () => {
    assert.deepEqual(outputs.map(encodeOutput).map(destinationOf), [destination, destination, undefined]);
    assert.equal(destinationOf("0xdeadbeef"), undefined);
  });

  it("are decoded from nothing else", () => {
    for (const bytes of ["0x", "0xdeadbeef", encodeOutput(outputs[0]!).slice(0, 60) as Hex] as const) {
      assert.equal(decodeOutput(bytes), undefined);
    }
  });
});

describe("inputs", () => {
  const input: EvmAdvance = {
    chainId: 1n,
    application: destination,
    sender: `0x${"34".repeat(20)}`,
    blockNumber: 2n,
    blockTimestamp: 3n,
    prevRandao: 4n,
    index: 5n,
    payload,
  };

  it("are encoded as the InputBox does, and decoded again", () => {
    const args = [1n, destination, input.sender, 2n, 3n, 4n, 5n, payload] as const;
    const encoded = encodeEvmAdvance(input);
    assert.equal(encoded, encodeFunctionData({ abi: inputsAbi, functionName: "EvmAdvance", args }));
    assert.deepEqual(decodeEvmAdvance(encoded), input);
  });

  it("are decoded from their one canonical encoding only", () => {
    const encoded = encodeEvmAdvance(input);
    for (const other of [`${encoded}00`, encoded.slice(0, -2), `${encoded.slice(0, -2)}01`, "0x"] as Hex[]) {
      assert.equal(decodeEvmAdvance(other), undefined);
    }
  });
});

describe("the registry's call", () => {
  const output: RegistryOutput = {
    storePath: "/nix/store/a",
    drvPath: "/nix/store/a.drv",
    outputName: "out",
    narHash: `0x${"ab".repeat(32)}`,
    narSize: 1n,
    inputsHash: `0x${"cd".repeat(32)}`,
    references: [],
  };

  it("is decoded as it was encoded, and nothing else is", () => {
    const call = { inputIndex: 2n ** 64n - 1n, outputs: [output] };
    assert.deepEqual(decodeRecord(encodeRecord(call)), call);
    assert.equal(decodeRecord("0xdeadbeef"), undefined);
  });

  it("has NAR hashes, which Nix prints in base 64", () => {
    assert.equal(formatNarHash(`0x${"00".repeat(32)}`), `sha256-${"A".repeat(43)}=`);
  });
});
