import assert from "node:assert/strict";
import fc from "fast-check";
import { before, describe, it } from "mocha";
import { encodeFunctionData, type Hex, hexToBytes, parseEventLogs } from "viem";
import { buildRegistryAbi } from "../../abi/index.ts";
import { decodeRecord } from "../../protocol/index.ts";
import { pathKeyOf } from "./support/registryModel.ts";
import { hashOf, helloOutput, INPUT_INDEX, type Output } from "./support/sampleOutputs.ts";
import { startChain, type TestChain } from "./support/startChain.ts";

describe("The registry against hostile callers", () => {
  let chain: TestChain;
  let registry: Awaited<ReturnType<TestChain["deployRegistry"]>>;

  before(async () => {
    chain = await startChain();
    registry = await chain.deployRegistry();
  });

  const encode = (outputs: Output[]) =>
    encodeFunctionData({ abi: buildRegistryAbi, functionName: "record", args: [INPUT_INDEX, outputs] });

  it("refuses huge texts, and names them", async () => {
    const huge = `/nix/store/${"0".repeat(32)}-${"a".repeat(60_000)}`;
    const cases: [Partial<Output>, "InvalidStorePath" | "InvalidDerivationPath" | "InvalidOutputName"][] = [
      [{ storePath: huge }, "InvalidStorePath"],
      [{ drvPath: huge }, "InvalidDerivationPath"],
      [{ outputName: huge }, "InvalidOutputName"],
      [{ references: [huge] }, "InvalidStorePath"],
    ];
    for (const [changes, error] of cases) {
      await chain.viem.assertions.revertWithCustomErrorWithArgs(
        registry.write.record([INPUT_INDEX, [helloOutput("huge", changes)]]),
        registry,
        error,
        [huge],
      );
    }
  });

  it("answers lookups of huge texts", async () => {
    const account = chain.wallets[0]!.account.address;
    assert.equal(await registry.read.isRecorded([account, "x".repeat(400_000)]), false);
  });

  it("costs an application the same, whatever others recorded", async () => {
    const [victim, attacker] = [chain.wallets[1]!.account, chain.wallets[2]!.account];
    const costOf = async (seed: string) => {
      await registry.write.record([INPUT_INDEX, [helloOutput(`${seed} before`)]], { account: victim });
      return chain.gasOf(registry.write.record([INPUT_INDEX, [helloOutput(seed)]], { account: victim }));
    };
    const before = await costOf("victim 1");
    for (let run = 0; run < 5; run++) {
      const conflicts = Array.from({ length: 50 }, (_, index) =>
        helloOutput("victim 2", { narHash: hashOf(`${run} ${index}`) }),
      );
      await registry.write.record([INPUT_INDEX, conflicts], { account: attacker });
    }
    const after = await costOf("victim 2");
    assert.ok(after - before < 200n && before - after < 200n, `${before} ${after}`);
  });

  it("costs a reader the same, however often an application contradicted itself", async () => {
    const account = chain.wallets[3]!.account;
    const output = helloOutput("reader");
    const costOf = () =>
      chain.client.estimateGas({
        to: registry.address,
        data: encodeFunctionData({
          abi: buildRegistryAbi,
          functionName: "hashAt",
          args: [account.address, pathKeyOf(output.storePath)],
        }),
      });
    await registry.write.record([INPUT_INDEX, [output]], { account });
    const contradictions = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ ...output, narHash: hashOf(`${index}`) }));
    await registry.write.record([INPUT_INDEX, contradictions(1)], { account });
    const before = await costOf();
    await registry.write.record([INPUT_INDEX, contradictions(64)], { account });
    assert.equal(await costOf(), before);
    assert.equal((await registry.read.conflictsOf([account.address, output.storePath])).length, 64);
    assert.equal((await registry.read.recordOf([account.address, output.storePath])).narHash, output.narHash);
  });

  it("records only valid outputs, whatever bytes it is sent", async () => {
    const valid = hexToBytes(encode([helloOutput("bytes"), helloOutput("more bytes", { references: [] })]));
    const change = fc.record({ place: fc.nat(valid.length - 1), value: fc.integer({ min: 0, max: 255 }) });
    const mutation = fc.record({
      changes: fc.array(change, { maxLength: 3 }),
      length: fc.integer({ min: 4, max: valid.length }),
    });
    await fc.assert(
      fc.asyncProperty(mutation, async ({ changes, length }) => {
        const bytes = valid.slice(0, length);
        for (const { place, value } of changes) {
          if (place >= 4 && place < length) {
            bytes[place] = value;
          }
        }
        const data = `0x${Buffer.from(bytes).toString("hex")}` as Hex;
        const request = { account: chain.wallets[4]!.account.address, to: registry.address, data };
        const isRefused = await chain.client.call(request).then(
          () => false,
          () => true,
        );
        if (isRefused) {
          return;
        }
        const hash = await chain.wallets[4]!.sendTransaction({ to: registry.address, data });
        const { outputs } = decodeRecord(data)!;
        outputs.forEach(assertValid);
        const { logs } = await chain.client.waitForTransactionReceipt({ hash });
        for (const event of parseEventLogs({ abi: buildRegistryAbi, logs })) {
          if (event.eventName !== "DerivationConflicted") {
            assert.ok(BigInt(event.args.narHash) > 1n);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it("has only the functions of its interface, and accepts no ether", async () => {
    const wallet = chain.wallets[0]!;
    await assert.rejects(wallet.sendTransaction({ to: registry.address, data: "0x12345678" }));
    await assert.rejects(wallet.sendTransaction({ to: registry.address, value: 1n }));
    await assert.rejects(
      wallet.sendTransaction({ to: registry.address, data: encode([helloOutput("paid")]), value: 1n }),
    );
  });
});

function assertValid(output: Output) {
  const path = /^\/nix\/store\/[0-9abcdfghijklmnpqrsvwxyz]{32}-[0-9a-zA-Z+\-._?=]{1,211}$/;
  for (const text of [output.storePath, output.drvPath, ...output.references]) {
    assert.match(text, path);
  }
  assert.match(output.outputName, /^[0-9a-zA-Z+\-._?=]{1,211}$/);
  assert.ok(BigInt(output.narHash) !== 0n && output.narSize > 0n);
}
