import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  ContractFunctionExecutionError,
  ContractFunctionRevertedError,
  encodeErrorResult,
  parseAbi,
  UnknownRpcError,
} from "viem";
import { shortenFailure } from "./shortenFailure.ts";

const abi = parseAbi([
  "function executeOutput(bytes output)",
  "error OutputNotReexecutable(bytes output)",
  "error ZeroNarHash(string storePath)",
]);
const call = `0x${"ab".repeat(60_000)}` as const;

/** What a check throws, shortened. */
function failureOf(check: () => void): Error & { showDiff?: boolean } {
  try {
    check();
  } catch (error) {
    shortenFailure(error);
    return error as Error;
  }
  throw new Error("the check did not fail");
}

function textOf({ stack, cause }: Error): string {
  return `${stack}${cause instanceof Error ? textOf(cause) : ""}`;
}

describe("shortenFailure", () => {
  it("lists only the fields in which two structs differ", () => {
    const outputs = Array.from({ length: 100 }, (_, index) => ({ index, narSize: 1n, references: ["a"] }));
    const others = outputs.with(50, { index: 50, narSize: 2n, references: ["b"] });
    const { message, showDiff } = failureOf(() => assert.deepEqual(outputs, others));
    assert.deepEqual(message.split("\n"), [
      "Expected values to be strictly deep-equal:",
      "  [50].narSize: 1n, expected 2n",
      "  [50].references[0]: 'a', expected 'b'",
    ]);
    assert.equal(showDiff, false);
  });

  it("lists at most 20 differences and counts the rest", () => {
    const { message } = failureOf(() => assert.deepEqual(new Array(100).fill(1), new Array(100).fill(2)));
    assert.equal(message.split("\n").length, 22);
    assert.match(message, /and 80 more differences$/);
  });

  it("shows the first difference of long strings and bytes", () => {
    const { message } = failureOf(() => assert.equal(`a\n${call}00`, `a\n${call}01`));
    assert.match(message, /from line 2, character 120004 on: "b?(ab){9,}00" of/);
    assert.ok(message.length < 300, message);
    const bytes = new Uint8Array(100_000);
    const changed = bytes.with(70_000, 1);
    assert.match(failureOf(() => assert.deepEqual(bytes, changed)).message, /line 1, character 140002 on/);
  });

  it("leaves short values to Mocha's diff", () => {
    const { message, showDiff } = failureOf(() => assert.equal("one", "two"));
    assert.match(message, /'one' !== 'two'/);
    assert.notEqual(showDiff, false);
  });

  it("shows the contract's error and both ends of the calldata of an unexpected revert", () => {
    const rpc = new UnknownRpcError(new Error(`reverted (return data: ${call})`));
    const data = encodeErrorResult({ abi, errorName: "OutputNotReexecutable", args: [call] });
    const cause = new ContractFunctionRevertedError({ abi, data, functionName: "executeOutput", cause: rpc });
    const failure = new ContractFunctionExecutionError(cause, {
      abi,
      functionName: "executeOutput",
      args: [call],
    });
    assert.ok(textOf(failure).length > 500_000);
    shortenFailure(failure);
    const text = textOf(failure);
    assert.match(text, /^ContractFunctionExecutionError: .*\n\nError: OutputNotReexecutable\(bytes output\)/);
    assert.match(text, /0xabababababababab…abababababababab \(60000 bytes\)/);
    assert.match(text, /Error: reverted/);
    assert.doesNotMatch(text, /ContractFunctionRevertedError/);
    assert.ok(text.length < 3_000, `${text.length} characters`);
  });

  it("drops stack frames of dependencies", () => {
    const failure = new Error("failed");
    failure.stack = "Error: failed\n    at a (/x/node_modules/viem/a.js:1:1)\n    at b (/x/test/b.ts:1:1)";
    shortenFailure(failure);
    assert.equal(failure.stack, "Error: failed\n    at b (/x/test/b.ts:1:1)");
  });

  it("copes with thrown text, frozen errors and circular causes", () => {
    shortenFailure("thrown text");
    shortenFailure(Object.freeze(new Error("frozen")));
    shortenFailure(new DOMException("aborted", "AbortError"));
    const own = new Error("own cause");
    own.cause = own;
    shortenFailure(own);
    const [one, other] = [{ self: {} }, { self: {}, more: 1 }];
    one.self = one;
    other.self = other;
    assert.match(failureOf(() => assert.deepEqual(one, other)).message, /more: undefined, expected 1/);
  });
});
