import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { encodePacked, keccak256, toBytes, toFunctionSelector, zeroAddress, zeroHash } from "viem";
import { buildRegistryAbi } from "../../abi/index.ts";
import { derivationKeyOf } from "./support/registryModel.ts";
import { hashOf, helloOutput, INPUT_INDEX, storePath } from "./support/sampleOutputs.ts";
import { startChain, type TestChain } from "./support/startChain.ts";

/** What a slot holds once a key has several values: never a hash of its own. */
const CONTESTED = `0x${"00".repeat(31)}01` as const;

const NO_RECORD = {
  narHash: zeroHash,
  confirmations: 0n,
  conflicts: 0n,
};

describe("BuildRegistry's lookups", () => {
  let chain: TestChain;
  let registry: Awaited<ReturnType<TestChain["deployRegistry"]>>;
  let application: `0x${string}`;
  const [first, second, contested] = [helloOutput("first"), helloOutput("second"), helloOutput("contested")];
  const unknown = helloOutput("unknown");
  const keyOf = ({ storePath }: { storePath: string }) => keccak256(toBytes(storePath));

  before(async () => {
    chain = await startChain();
    registry = await chain.deployRegistry();
    application = chain.wallets[0]!.account.address;
    await registry.write.record([INPUT_INDEX, [first, second]]);
    await registry.write.record([INPUT_INDEX, [contested]]);
    await registry.write.record([INPUT_INDEX, [{ ...contested, narHash: hashOf("another") }]]);
  });

  it("return the keys that the events carry", async () => {
    assert.equal(await registry.read.pathKeyOf([first.storePath]), keyOf(first));
    assert.equal(
      await registry.read.derivationKeyOf([first.drvPath, "out"]),
      keccak256(encodePacked(["string"], [`${first.drvPath}!out`])),
    );
  });

  it("find nothing under a text that is a derivation output's and no store path's", async () => {
    const text = `${first.drvPath}!out`;
    const key = await registry.read.derivationKeyOf([first.drvPath, "out"]);
    assert.equal(await registry.read.pathKeyOf([text]), key);
    assert.deepEqual(await registry.read.recordOf([application, text]), NO_RECORD);
    assert.deepEqual(await registry.read.recordAt([application, key]), NO_RECORD);
    assert.deepEqual(await registry.read.hashAt([application, key]), [zeroHash, false]);
    assert.equal(await registry.read.isRecorded([application, text]), false);
    assert.equal(await registry.read.hasRecorded([application, key, keyOf(first)]), false);
    assert.deepEqual(await registry.read.conflictsOf([application, text]), []);
  });

  it("answer for a closure in one call, in order, including what is missing", async () => {
    const closure = [second, unknown, first, contested];
    const singly = await Promise.all(
      closure.map((output) => registry.read.recordOf([application, output.storePath])),
    );
    assert.deepEqual(singly[1], NO_RECORD);
    const keys = closure.map(keyOf);
    assert.deepEqual(
      await registry.read.recordsOf([application, closure.map((output) => output.storePath)]),
      singly,
    );
    assert.deepEqual(await registry.read.recordsAt([application, keys]), singly);
    assert.deepEqual(await registry.read.hashesAt([application, keys]), [
      singly.map((record) => record.narHash),
      [false, false, false, true],
    ]);
  });

  it("answer the same by path, by key and by derivation", async () => {
    const record = await registry.read.recordOf([application, first.storePath]);
    assert.equal(record.narHash, first.narHash);
    assert.deepEqual(await registry.read.recordAt([application, keyOf(first)]), record);
    assert.deepEqual(await registry.read.recordOfDerivation([application, first.drvPath, "out"]), record);
    assert.deepEqual(await registry.read.hashAt([application, keyOf(first)]), [first.narHash, false]);
    assert.deepEqual(await registry.read.hashAt([application, keyOf(contested)]), [contested.narHash, true]);
  });

  it("report what exists", async () => {
    assert.equal(await registry.read.isRecorded([application, first.storePath]), true);
    assert.equal(await registry.read.isDerivationRecorded([application, first.drvPath, "out"]), true);
    assert.deepEqual(await registry.read.pathKeysOfDerivation([application, first.drvPath, "out"]), [
      keyOf(first),
    ]);
    assert.deepEqual(await registry.read.conflictsOf([application, first.storePath]), []);
    assert.deepEqual(await registry.read.pathAt([application, derivationKeyOf(first.drvPath, "out")]), [
      keyOf(first),
      false,
    ]);
  });

  it("tell the hashes that were recorded from all others", async () => {
    const asked = [contested.narHash, hashOf("another"), hashOf("never"), zeroHash, CONTESTED];
    const answers = await Promise.all(
      asked.map((narHash) => registry.read.hasRecorded([application, keyOf(contested), narHash])),
    );
    assert.deepEqual(answers, [true, true, false, false, false]);
    assert.equal(await registry.read.hasRecorded([application, keyOf(first), first.narHash]), true);
    assert.equal(await registry.read.hasRecorded([application, keyOf(unknown), zeroHash]), false);
  });

  it("name the version", async () => {
    assert.equal(await registry.read.version(), "1.0.0");
  });

  it("answer zero, and never revert, for what was never recorded", async () => {
    const odd = ["", "x".repeat(10_000), storePath("never", "recorded"), first.drvPath];
    for (const path of odd) {
      for (const asked of [application, zeroAddress]) {
        assert.deepEqual(await registry.read.recordOf([asked, path]), NO_RECORD);
        assert.deepEqual(await registry.read.recordOfDerivation([asked, path, path]), NO_RECORD);
        assert.equal(await registry.read.isRecorded([asked, path]), false);
        assert.equal(
          await registry.read.isDerivationRecorded([asked, path, "out"]),
          path === first.drvPath && asked === application,
        );
        assert.deepEqual(await registry.read.conflictsOf([asked, path]), []);
        assert.deepEqual(await registry.read.pathKeysOfDerivation([asked, path, path]), []);
      }
    }
    assert.deepEqual(await registry.read.recordsOf([application, []]), []);
    assert.deepEqual(await registry.read.hashesAt([application, []]), [[], []]);
    for (const key of [zeroHash, CONTESTED]) {
      assert.deepEqual(await registry.read.hashAt([application, key]), [zeroHash, false]);
      assert.deepEqual(await registry.read.pathAt([application, key]), [zeroHash, false]);
    }
  });

  it("report the interface by ERC-165", async () => {
    const interfaceId = buildRegistryAbi
      .filter((item) => item.type === "function" && item.name !== "supportsInterface")
      .map((item) => Number(toFunctionSelector(item as never)))
      .reduce((id, selector) => id ^ selector, 0);
    const hex = `0x${(interfaceId >>> 0).toString(16).padStart(8, "0")}` as const;
    assert.equal(await registry.read.supportsInterface([hex]), true);
    assert.equal(await registry.read.supportsInterface(["0x01ffc9a7"]), true);
    assert.equal(await registry.read.supportsInterface(["0xffffffff"]), false);
  });
});
