import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { getAddress, parseEventLogs, zeroHash } from "viem";
import { buildRegistryAbi } from "../../abi/index.ts";
import { derivationKeyOf, pathKeyOf } from "./support/registryModel.ts";
import { hashOf, helloOutput, INPUT_INDEX, type Output, storePath } from "./support/sampleOutputs.ts";
import { areAltered, startChain, type TestChain } from "./support/startChain.ts";

const ONE = `0x${"00".repeat(31)}01` as const;

describe("BuildRegistry.record", () => {
  let chain: TestChain;
  let registry: Awaited<ReturnType<TestChain["deployRegistry"]>>;
  let application: `0x${string}`;
  let maxOutputs: number;

  before(async () => {
    chain = await startChain();
    registry = await chain.deployRegistry();
    application = getAddress(chain.wallets[0]!.account.address);
    maxOutputs = Number(await registry.read.MAX_OUTPUTS());
  });

  const recordOf = (output: Output) => registry.read.recordOf([application, output.storePath]);

  async function eventsOf(outputs: Output[], inputIndex = INPUT_INDEX) {
    const hash = await registry.write.record([inputIndex, outputs]);
    const { logs } = await chain.client.waitForTransactionReceipt({ hash });
    return parseEventLogs({ abi: buildRegistryAbi, logs });
  }

  /** What an output's event says. */
  const argsOf = (output: Output, inputIndex = INPUT_INDEX) => ({
    application,
    pathKey: pathKeyOf(output.storePath),
    derivationKey: derivationKeyOf(output.drvPath, output.outputName),
    inputIndex,
    narHash: output.narHash,
  });

  describe("with a new output", () => {
    const output = helloOutput("new");

    it("keeps its hash and emits it with its keys and input", async () => {
      const [event, ...others] = await eventsOf([output]);
      assert.equal(event?.eventName, "OutputRecorded");
      assert.deepEqual(event.args, argsOf(output));
      assert.deepEqual(others, []);
      assert.deepEqual(await recordOf(output), {
        narHash: output.narHash,
        confirmations: 0n,
        conflicts: 0n,
      });
    });

    it("finds it by its derivation and output name", async () => {
      const found = await registry.read.recordOfDerivation([application, output.drvPath, output.outputName]);
      assert.deepEqual(found, await recordOf(output));
    });

    it("accepts the smallest and the largest values of each field", async () => {
      const longest = storePath("longest", `${"l".repeat(207)}.drv`);
      const largest = helloOutput("largest", {
        storePath: longest,
        drvPath: longest,
        outputName: "o".repeat(211),
        narSize: 2n ** 64n - 1n,
        narHash: `0x${"ff".repeat(32)}`,
        inputsHash: `0x${"ff".repeat(32)}`,
        references: [longest, longest],
      });
      const smallest = helloOutput("smallest", {
        storePath: storePath("smallest", "s"),
        drvPath: storePath("smallest", "s.drv"),
        outputName: "o",
        narSize: 1n,
        narHash: `0x${"00".repeat(31)}02`,
        inputsHash: `0x${"00".repeat(32)}`,
        references: [],
      });
      for (const [output, inputIndex] of [
        [largest, 2n ** 64n - 1n],
        [smallest, 0n],
      ] as const) {
        const [event] = await eventsOf([output], inputIndex);
        assert.equal(event?.eventName, "OutputRecorded");
        assert.deepEqual(event.args, argsOf(output, inputIndex));
        assert.equal((await recordOf(output)).narHash, output.narHash);
      }
    });
  });

  describe("with the same output again", () => {
    const output = helloOutput("same");

    it("confirms it, any number of times, and changes nothing else", async () => {
      await eventsOf([output]);
      const first = await recordOf(output);
      for (const confirmations of [1n, 2n, 3n]) {
        const inputIndex = INPUT_INDEX + confirmations;
        const [event, ...others] = await eventsOf([output], inputIndex);
        assert.equal(event?.eventName, "OutputConfirmed");
        assert.deepEqual(event.args, argsOf(output, inputIndex));
        assert.deepEqual(others, []);
        assert.deepEqual(await recordOf(output), { ...first, confirmations });
      }
    });

    it("confirms through another derivation of the same path, and leads there from both", async () => {
      const other = { ...output, drvPath: storePath("same, other", "hello-2.10.drv") };
      const [event, ...others] = await eventsOf([other]);
      assert.equal(event?.eventName, "OutputConfirmed");
      assert.deepEqual(event.args, argsOf(other));
      assert.deepEqual(others, []);
      for (const { drvPath, outputName } of [output, other]) {
        assert.deepEqual(
          await registry.read.recordOfDerivation([application, drvPath, outputName]),
          await recordOf(output),
        );
      }
    });

    it("goes by the hash alone, whatever size and inputs hash come with it", async () => {
      const before = await recordOf(output);
      const [event] = await eventsOf([{ ...output, narSize: 1n, inputsHash: `0x${"11".repeat(32)}` }]);
      assert.equal(event?.eventName, "OutputConfirmed");
      assert.deepEqual(await recordOf(output), { ...before, confirmations: before.confirmations + 1n });
    });
  });

  describe("with a different hash", () => {
    const output = helloOutput("different");
    const second = { ...output, narHash: hashOf("second"), narSize: 7n };
    const third = { ...output, narHash: hashOf("third") };

    it("keeps the first, and the other beside it", async () => {
      await eventsOf([output]);
      const first = await recordOf(output);
      const [event, ...others] = await eventsOf([second]);
      assert.equal(event?.eventName, "OutputConflicted");
      assert.deepEqual(event.args, argsOf(second));
      assert.deepEqual(others, []);
      assert.deepEqual(await recordOf(output), { ...first, conflicts: 1n });
      assert.deepEqual(await registry.read.conflictsOf([application, output.storePath]), [second.narHash]);
    });

    it("counts each different hash once", async () => {
      for (const again of [second, third, second, third]) {
        const [event] = await eventsOf([again]);
        assert.equal(event?.eventName, "OutputConflicted");
      }
      assert.equal((await recordOf(output)).conflicts, 2n);
      assert.deepEqual(await registry.read.conflictsOf([application, output.storePath]), [
        second.narHash,
        third.narHash,
      ]);
    });

    it("still confirms the first", async () => {
      const [event] = await eventsOf([output]);
      assert.equal(event?.eventName, "OutputConfirmed");
      const { narHash, confirmations, conflicts } = await recordOf(output);
      assert.deepEqual([narHash, confirmations, conflicts], [output.narHash, 1n, 2n]);
    });
  });

  describe("with another path for the same derivation", () => {
    const output = helloOutput("derivation");
    const other = { ...output, storePath: storePath("other", "hello-2.10"), narHash: hashOf("other") };

    it("leads to the first path, and shows the contradiction", async () => {
      await eventsOf([output]);
      const [recorded, conflicted, ...others] = await eventsOf([other]);
      assert.equal(recorded?.eventName, "OutputRecorded");
      assert.equal(conflicted?.eventName, "DerivationConflicted");
      assert.deepEqual(conflicted.args, {
        application,
        derivationKey: derivationKeyOf(output.drvPath, output.outputName),
        pathKey: pathKeyOf(other.storePath),
        inputIndex: INPUT_INDEX,
        firstPathKey: pathKeyOf(output.storePath),
      });
      assert.deepEqual(others, []);
      const found = await registry.read.recordOfDerivation([application, output.drvPath, output.outputName]);
      assert.deepEqual(found, { ...(await recordOf(output)), conflicts: 1n });
      assert.deepEqual(
        await registry.read.pathKeysOfDerivation([application, output.drvPath, output.outputName]),
        [pathKeyOf(output.storePath), pathKeyOf(other.storePath)],
      );
    });

    it("keeps a record of the other path, without a conflict of its own", async () => {
      const { narHash, conflicts } = await recordOf(other);
      assert.deepEqual([narHash, conflicts], [other.narHash, 0n]);
      assert.equal((await recordOf(output)).conflicts, 0n);
    });

    it("emits the contradiction once", async () => {
      const events = await eventsOf([other]);
      assert.deepEqual(
        events.map((event) => event.eventName),
        ["OutputConfirmed"],
      );
    });
  });

  describe("with a batch", () => {
    it("keeps each output, in order", async () => {
      const batch = Array.from({ length: 20 }, (_, index) => helloOutput(`batch ${index}`));
      const events = await eventsOf(batch);
      assert.deepEqual(
        events.map(({ args }) => args),
        batch.map((output) => argsOf(output)),
      );
      for (const output of batch) {
        assert.equal((await recordOf(output)).narHash, output.narHash);
      }
    });

    it("tells new, known, and repeated outputs apart within one call", async () => {
      const [a, b, c] = [helloOutput("mixed a"), helloOutput("mixed b"), helloOutput("mixed c")];
      const contradicted = { ...b, narHash: hashOf("not b") };
      await eventsOf([a]);
      const events = await eventsOf([a, b, b, contradicted, c, a]);
      assert.deepEqual(
        events.map((event) => event.eventName),
        [
          "OutputConfirmed",
          "OutputRecorded",
          "OutputConfirmed",
          "OutputConflicted",
          "OutputRecorded",
          "OutputConfirmed",
        ],
      );
      const counts = async (output: Output) => {
        const { narHash, confirmations, conflicts } = await recordOf(output);
        return [narHash, confirmations, conflicts];
      };
      assert.deepEqual(await counts(a), [a.narHash, 2n, 0n]);
      assert.deepEqual(await counts(b), [b.narHash, 1n, 1n]);
      assert.deepEqual(await counts(c), [c.narHash, 0n, 0n]);
    });

    it("records nothing of a batch with one invalid output", async () => {
      const good = helloOutput("good");
      const bad = helloOutput("bad", { narHash: zeroHash });
      await chain.viem.assertions.revertWithCustomErrorWithArgs(
        registry.write.record([INPUT_INDEX, [good, bad]]),
        registry,
        "InvalidNarHash",
        [bad.storePath, zeroHash],
      );
      assert.equal(await registry.read.isRecorded([application, good.storePath]), false);
    });

    it("refuses an empty batch and one that is too long", async () => {
      const { revertWithCustomError, revertWithCustomErrorWithArgs } = chain.viem.assertions;
      await revertWithCustomError(registry.write.record([INPUT_INDEX, []]), registry, "NoOutputs");
      const long = Array.from({ length: maxOutputs + 1 }, () => helloOutput("long"));
      await revertWithCustomErrorWithArgs(
        registry.write.record([INPUT_INDEX, long]),
        registry,
        "TooManyOutputs",
        [BigInt(maxOutputs + 1)],
      );
    });

    it("accepts the longest batch", async () => {
      const longest = Array.from({ length: maxOutputs }, (_, index) => helloOutput(`longest ${index}`));
      assert.equal((await eventsOf(longest)).length, maxOutputs);
      assert.equal((await recordOf(longest.at(-1)!)).narHash, longest.at(-1)!.narHash);
    });

    it("leaves a tenth of a transaction's gas, even if all outputs of the longest batch conflict on both keys", async () => {
      const longName = (index: number, end: string) =>
        `${String(index).padStart(3, "0")}${"w".repeat(200)}${end}`;
      const outputName = "o".repeat(211);
      const first = Array.from({ length: maxOutputs }, (_, index) => ({
        ...helloOutput(`worst ${index}`),
        storePath: storePath("worst", longName(index, "")),
        drvPath: storePath("worst", longName(index, ".drv")),
        outputName,
      }));
      const rotated = first.map(({ drvPath }, index) => ({
        ...first[(index + 1) % maxOutputs]!,
        drvPath,
        narHash: hashOf(`other ${index}`),
      }));
      await eventsOf(first);
      const hash = await registry.write.record([INPUT_INDEX, rotated]);
      const { logs, gasUsed } = await chain.client.waitForTransactionReceipt({ hash });
      const names = parseEventLogs({ abi: buildRegistryAbi, logs }).map(({ eventName }) => eventName);
      assert.deepEqual(
        names,
        rotated.flatMap(() => ["OutputConflicted", "DerivationConflicted"]),
      );
      assert.ok(areAltered || gasUsed < (2n ** 24n * 9n) / 10n, `${gasUsed}`);
    });
  });

  describe("with an invalid output", () => {
    const wrongPaths = [
      "",
      "/nix/store/",
      "hello",
      storePath("", "a b"),
      storePath("", "ä"),
      storePath("", "a".repeat(212)),
    ];

    it("names the store path", async () => {
      for (const wrong of wrongPaths) {
        await refuses({ storePath: wrong }, "InvalidStorePath", [wrong]);
      }
    });

    it("names the derivation path", async () => {
      for (const wrong of [...wrongPaths, storePath("", "hello"), storePath("", ".drv")]) {
        await refuses({ drvPath: wrong }, "InvalidDerivationPath", [wrong]);
      }
    });

    it("names the output name", async () => {
      for (const wrong of ["", "a/b", "a!b", "..", "o".repeat(212)]) {
        await refuses({ outputName: wrong }, "InvalidOutputName", [wrong]);
      }
    });

    it("names the reference", async () => {
      const right = storePath("", "right");
      for (const wrong of wrongPaths) {
        await refuses({ references: [right, wrong] }, "InvalidStorePath", [wrong]);
      }
    });

    it("names the path whose hash is zero or one, or whose size is zero", async () => {
      const { storePath } = helloOutput("wrong");
      for (const narHash of [zeroHash, ONE]) {
        await refuses({ narHash }, "InvalidNarHash", [storePath, narHash]);
      }
      await refuses({ narSize: 0n }, "ZeroNarSize", [storePath]);
    });

    async function refuses(
      changes: Partial<Output>,
      error: Parameters<typeof chain.viem.assertions.revertWithCustomErrorWithArgs>[2],
      args: unknown[],
    ) {
      const call = registry.write.record([INPUT_INDEX, [helloOutput("wrong", changes)]]);
      await chain.viem.assertions.revertWithCustomErrorWithArgs(
        call,
        registry,
        error as never,
        args as never,
      );
    }
  });

  describe("by two applications", () => {
    it("keeps their records apart", async () => {
      const output = helloOutput("apart");
      const [mine, theirs] = chain.wallets.map((wallet) => wallet.account);
      const contradicted = { ...output, narHash: hashOf("theirs") };
      await registry.write.record([INPUT_INDEX, [output]]);
      await registry.write.record([INPUT_INDEX, [contradicted]], { account: theirs! });
      const ours = await registry.read.recordOf([mine!.address, output.storePath]);
      const others = await registry.read.recordOf([theirs!.address, output.storePath]);
      assert.deepEqual([ours.narHash, ours.conflicts], [output.narHash, 0n]);
      assert.deepEqual([others.narHash, others.conflicts], [contradicted.narHash, 0n]);
    });
  });
});
