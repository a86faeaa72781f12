import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { encodePacked, getAddress, keccak256, parseEventLogs, toBytes, zeroHash } from "viem";
import { buildRegistryAbi } from "../../abi/index.ts";
import { isCoverage, startChain, type TestChain } from "./support/chain.ts";
import { hashOf, helloOutput, type Output, storePath } from "./support/outputs.ts";

describe("BuildRegistry.record", () => {
  let chain: TestChain;
  let registry: Awaited<ReturnType<TestChain["deployRegistry"]>>;
  let application: `0x${string}`;

  before(async () => {
    chain = await startChain();
    registry = await chain.deployRegistry();
    application = getAddress(chain.wallets[0]!.account.address);
  });

  const pathKey = (output: Output) => keccak256(toBytes(output.storePath));
  const derivationKey = (output: Output) =>
    keccak256(encodePacked(["string", "string", "string"], [output.drvPath, "!", output.outputName]));
  const recordOf = (output: Output) => registry.read.recordOf([application, output.storePath]);

  async function eventsOf(outputs: Output[]) {
    const hash = await registry.write.record([outputs]);
    const { logs } = await chain.client.waitForTransactionReceipt({ hash });
    return parseEventLogs({ abi: buildRegistryAbi, logs });
  }

  describe("of a new output", () => {
    const output = helloOutput("new");

    it("keeps all of it and says so", async () => {
      const [event, ...others] = await eventsOf([output]);
      assert.equal(event?.eventName, "OutputRecorded");
      assert.deepEqual(event.args, {
        application,
        pathKey: pathKey(output),
        derivationKey: derivationKey(output),
        output,
      });
      assert.deepEqual(others, []);
      const { timestamp } = await chain.client.getBlock();
      assert.deepEqual(await recordOf(output), {
        narHash: output.narHash,
        narSize: output.narSize,
        inputsHash: output.inputsHash,
        recordedAt: timestamp,
        confirmations: 0n,
        conflicts: 0n,
      });
    });

    it("finds it by its derivation and output name", async () => {
      const found = await registry.read.recordOfDerivation([application, output.drvPath, output.outputName]);
      assert.deepEqual(found, await recordOf(output));
    });

    it("keeps the smallest and the largest that fit", async () => {
      const longest = storePath("longest", `${"l".repeat(207)}.drv`);
      const largest = helloOutput("largest", {
        storePath: longest,
        drvPath: longest,
        outputName: "o".repeat(211),
        narSize: 2n ** 40n - 1n,
        narHash: `0x${"ff".repeat(32)}`,
        inputsHash: `0x${"ff".repeat(20)}`,
        references: [longest, longest],
      });
      const smallest = helloOutput("smallest", {
        storePath: storePath("smallest", "s"),
        drvPath: storePath("smallest", "s.drv"),
        outputName: "o",
        narSize: 1n,
        narHash: `0x${"00".repeat(31)}01`,
        inputsHash: `0x${"00".repeat(20)}`,
        references: [],
      });
      for (const output of [largest, smallest]) {
        const [event] = await eventsOf([output]);
        assert.deepEqual(event?.eventName === "OutputRecorded" && event.args.output, output);
        const { narHash, narSize, inputsHash } = await recordOf(output);
        assert.deepEqual(
          { narHash, narSize, inputsHash },
          { narHash: output.narHash, narSize: output.narSize, inputsHash: output.inputsHash },
        );
      }
    });
  });

  describe("of the same again", () => {
    const output = helloOutput("same");

    it("confirms, any number of times, and changes nothing else", async () => {
      await eventsOf([output]);
      const first = await recordOf(output);
      for (const confirmations of [1n, 2n, 3n]) {
        const [event, ...others] = await eventsOf([output]);
        assert.equal(event?.eventName, "OutputConfirmed");
        assert.deepEqual(event.args.output, output);
        assert.deepEqual(others, []);
        assert.deepEqual(await recordOf(output), { ...first, confirmations });
      }
    });

    it("confirms through another derivation of the same path, and leads there from both", async () => {
      const other = { ...output, drvPath: storePath("same, other", "hello-2.10.drv") };
      const [event, ...others] = await eventsOf([other]);
      assert.equal(event?.eventName, "OutputConfirmed");
      assert.equal(event.args.derivationKey, derivationKey(other));
      assert.deepEqual(others, []);
      for (const { drvPath, outputName } of [output, other])
        assert.deepEqual(
          await registry.read.recordOfDerivation([application, drvPath, outputName]),
          await recordOf(output),
        );
    });

    it("goes by the hash alone: the first size and inputs hash stay", async () => {
      const before = await recordOf(output);
      const [event] = await eventsOf([{ ...output, narSize: 1n, inputsHash: `0x${"11".repeat(20)}` }]);
      assert.equal(event?.eventName, "OutputConfirmed");
      assert.deepEqual(await recordOf(output), { ...before, confirmations: before.confirmations + 1n });
    });
  });

  describe("of a different hash", () => {
    const output = helloOutput("different");
    const second = { ...output, narHash: hashOf("second"), narSize: 7n };
    const third = { ...output, narHash: hashOf("third") };

    it("keeps the first, and the other beside it", async () => {
      await eventsOf([output]);
      const first = await recordOf(output);
      const [event, ...others] = await eventsOf([second]);
      assert.equal(event?.eventName, "OutputConflicted");
      assert.deepEqual(event.args.output, second);
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
      await eventsOf([output]);
      const { narHash, confirmations, conflicts } = await recordOf(output);
      assert.deepEqual([narHash, confirmations, conflicts], [output.narHash, 1n, 2n]);
    });
  });

  describe("of another path for the same derivation", () => {
    const output = helloOutput("derivation");
    const other = { ...output, storePath: storePath("other", "hello-2.10"), narHash: hashOf("other") };

    it("leads to the first path, and shows the contradiction", async () => {
      await eventsOf([output]);
      const [recorded, conflicted, ...others] = await eventsOf([other]);
      assert.equal(recorded?.eventName, "OutputRecorded");
      assert.equal(conflicted?.eventName, "DerivationConflicted");
      assert.deepEqual(conflicted.args, {
        application,
        derivationKey: derivationKey(output),
        pathKey: pathKey(other),
        firstPathKey: pathKey(output),
      });
      assert.deepEqual(others, []);
      const found = await registry.read.recordOfDerivation([application, output.drvPath, output.outputName]);
      assert.deepEqual(found, { ...(await recordOf(output)), conflicts: 1n });
      assert.deepEqual(
        await registry.read.pathKeysOfDerivation([application, output.drvPath, output.outputName]),
        [pathKey(output), pathKey(other)],
      );
    });

    it("keeps a record of the other path, without a conflict of its own", async () => {
      const { narHash, conflicts } = await recordOf(other);
      assert.deepEqual([narHash, conflicts], [other.narHash, 0n]);
      assert.equal((await recordOf(output)).conflicts, 0n);
    });

    it("says it once", async () => {
      const events = await eventsOf([other]);
      assert.deepEqual(
        events.map((event) => event.eventName),
        ["OutputConfirmed"],
      );
    });
  });

  describe("of a batch", () => {
    it("keeps each output, in order", async () => {
      const batch = Array.from({ length: 20 }, (_, index) => helloOutput(`batch ${index}`));
      const events = await eventsOf(batch);
      assert.deepEqual(
        events.map((event) => event.eventName === "OutputRecorded" && event.args.output),
        batch,
      );
      for (const output of batch) assert.equal((await recordOf(output)).narHash, output.narHash);
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

    it("takes nothing of a batch with one wrong output", async () => {
      const good = helloOutput("good");
      const bad = helloOutput("bad", { narHash: zeroHash });
      await chain.viem.assertions.revertWithCustomErrorWithArgs(
        registry.write.record([[good, bad]]),
        registry,
        "ZeroNarHash",
        [bad.storePath],
      );
      assert.equal(await registry.read.isRecorded([application, good.storePath]), false);
    });

    it("refuses an empty one and one that is too long", async () => {
      const { revertWithCustomError, revertWithCustomErrorWithArgs } = chain.viem.assertions;
      await revertWithCustomError(registry.write.record([[]]), registry, "NoOutputs");
      const long = Array.from({ length: 201 }, () => helloOutput("long"));
      await revertWithCustomErrorWithArgs(registry.write.record([long]), registry, "TooManyOutputs", [201n]);
    });

    it("keeps the longest that it takes, under the gas that a transaction may use", async () => {
      const longest = Array.from({ length: 200 }, (_, index) => helloOutput(`longest ${index}`));
      const used = await chain.gasOf(registry.write.record([longest]));
      assert.ok(isCoverage || used < 2n ** 24n, `${used}`);
      assert.equal((await recordOf(longest[199]!)).narHash, longest[199]!.narHash);
    });
  });

  describe("of what is wrong", () => {
    const wrongPaths = [
      "",
      "/nix/store/",
      "hello",
      storePath("", "a b"),
      storePath("", "ä"),
      storePath("", "a".repeat(212)),
    ];

    it("names the store path", async () => {
      for (const wrong of wrongPaths) await refuses({ storePath: wrong }, "InvalidStorePath", [wrong]);
    });

    it("names the derivation path", async () => {
      for (const wrong of [...wrongPaths, storePath("", "hello"), storePath("", ".drv")])
        await refuses({ drvPath: wrong }, "InvalidDerivationPath", [wrong]);
    });

    it("names the output name", async () => {
      for (const wrong of ["", "a/b", "a!b", "..", "o".repeat(212)])
        await refuses({ outputName: wrong }, "InvalidOutputName", [wrong]);
    });

    it("names the reference", async () => {
      const right = storePath("", "right");
      for (const wrong of wrongPaths)
        await refuses({ references: [right, wrong] }, "InvalidStorePath", [wrong]);
    });

    it("names the path whose hash is zero or whose size cannot be", async () => {
      const { storePath } = helloOutput("wrong");
      await refuses({ narHash: zeroHash }, "ZeroNarHash", [storePath]);
      for (const narSize of [0n, 2n ** 40n, 2n ** 64n - 1n])
        await refuses({ narSize }, "NarSizeOutOfRange", [storePath, narSize]);
    });

    async function refuses(
      changes: Partial<Output>,
      error: Parameters<typeof chain.viem.assertions.revertWithCustomErrorWithArgs>[2],
      args: unknown[],
    ) {
      const call = registry.write.record([[helloOutput("wrong", changes)]]);
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
      await registry.write.record([[output]]);
      await registry.write.record([[contradicted]], { account: theirs! });
      const ours = await registry.read.recordOf([mine!.address, output.storePath]);
      const others = await registry.read.recordOf([theirs!.address, output.storePath]);
      assert.deepEqual([ours.narHash, ours.conflicts], [output.narHash, 0n]);
      assert.deepEqual([others.narHash, others.conflicts], [contradicted.narHash, 0n]);
    });
  });
});
