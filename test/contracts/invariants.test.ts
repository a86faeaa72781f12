import assert from "node:assert/strict";
import fc from "fast-check";
import { before, describe, it } from "mocha";
import { type Address, type Hex, parseEventLogs, zeroHash } from "viem";
import { buildRegistryAbi } from "../../abi/index.ts";
import { derivationKeyOf, pathKeyOf, RecordsModel } from "./support/registryModel.ts";
import { hashOf, INPUT_INDEX, type Output, storePath } from "./support/sampleOutputs.ts";
import { startChain, type TestChain } from "./support/startChain.ts";

const PATHS = ["a", "b", "c"].map((name) => storePath("", name));
const DERIVATIONS = ["a", "b"].map((name) => storePath("", `${name}.drv`));
const NAMES = ["out", "lib"];
/** What a slot holds once a key has several values: never a hash of its own. */
const CONTESTED = `0x${"00".repeat(31)}01` as const;
const HASHES = ["x", "y", "z"].map(hashOf);

const output: fc.Arbitrary<Output> = fc.record({
  storePath: fc.constantFrom(...PATHS),
  drvPath: fc.constantFrom(...DERIVATIONS),
  outputName: fc.constantFrom(...NAMES),
  narHash: fc.constantFrom(...HASHES),
  narSize: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
  inputsHash: fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}` as Hex),
  references: fc.array(fc.constantFrom(...PATHS), { maxLength: 2 }),
});

const action = fc.record({
  sender: fc.integer({ min: 0, max: 2 }),
  outputs: fc.array(output, { minLength: 1, maxLength: 4 }),
});

describe("The registry's invariants", () => {
  let chain: TestChain;
  let registry: Awaited<ReturnType<TestChain["deployRegistry"]>>;
  let applications: Address[];

  before(async () => {
    chain = await startChain();
    applications = chain.wallets.slice(0, 3).map((wallet) => wallet.account.address);
  });

  it("hold after any calls by any applications, and all lookups agree with a model", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 8 }), async (actions) => {
        registry = await chain.deployRegistry();
        const models = applications.map(() => new RecordsModel());
        for (const { sender, outputs } of actions) {
          const expected = outputs.flatMap((output) => models[sender]!.record(output));
          await recordAndCompareEvents(sender, outputs, expected);
          for (const [index, model] of models.entries()) {
            await compareAll(index, model);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  async function recordAndCompareEvents(sender: number, outputs: Output[], expected: string[]) {
    const hash = await registry.write.record([INPUT_INDEX, outputs], { account: applications[sender]! });
    const { logs } = await chain.client.waitForTransactionReceipt({ hash });
    const events = parseEventLogs({ abi: buildRegistryAbi, logs });
    assert.deepEqual(
      events.map((event) => event.eventName),
      expected,
    );
    for (const { args } of events) {
      assert.equal(args.application.toLowerCase(), applications[sender]);
    }
  }

  async function compareAll(index: number, model: RecordsModel) {
    const application = applications[index]!;
    const records = await registry.read.recordsOf([application, PATHS]);
    const keys = PATHS.map(pathKeyOf);
    assert.deepEqual(await registry.read.recordsAt([application, keys]), records);
    const [hashes, contested] = await registry.read.hashesAt([application, keys]);
    for (const [place, path] of PATHS.entries()) {
      const record = records[place]!;
      assert.deepEqual(record, model.recordOf(path));
      assert.deepEqual([hashes[place], contested[place]], [record.narHash, record.conflicts > 0n]);
      assert.deepEqual(await registry.read.conflictsOf([application, path]), model.conflictsOf(path));
      for (const narHash of [...HASHES, zeroHash, CONTESTED]) {
        assert.equal(
          await registry.read.hasRecorded([application, pathKeyOf(path), narHash]),
          model.hasRecorded(path, narHash),
        );
      }
    }
    for (const drvPath of DERIVATIONS) {
      for (const name of NAMES) {
        await compareDerivation(application, model, drvPath, name);
      }
    }
  }

  async function compareDerivation(application: Address, model: RecordsModel, drvPath: string, name: string) {
    const query = [application, drvPath, name] as const;
    const record = await registry.read.recordOfDerivation(query);
    assert.deepEqual(record, model.recordOfDerivation(drvPath, name));
    assert.deepEqual(
      await registry.read.pathKeysOfDerivation(query),
      model.pathKeysOfDerivation(drvPath, name),
    );
    const [first, ...others] = model.pathKeysOfDerivation(drvPath, name);
    assert.deepEqual(await registry.read.pathAt([application, derivationKeyOf(drvPath, name)]), [
      first ?? zeroHash,
      others.length > 0,
    ]);
    assert.equal(await registry.read.derivationKeyOf([drvPath, name]), derivationKeyOf(drvPath, name));
  }
});
