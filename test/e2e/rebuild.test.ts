import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Hex } from "viem";
import { bundleOf, type Package, shellPackage } from "../../fuzz/generators/shellPackage.ts";
import type { AdvanceResult, Emulator } from "../../machine/emulator/index.ts";
import { decodeReport, encodeRebuild } from "../../protocol/index.ts";
import { advanceAll, recordsOf, requestFor, startTemplate } from "./support/realMachine.ts";

describe("a rebuild in the real machine", function () {
  this.timeout(120_000);
  const system = "riscv64-linux";
  let machine: Emulator;

  before(async () => {
    machine = await startTemplate();
  });

  after(() => machine?.shutdown());

  const payloadsFor = ({ drvPath, closure }: Package): Hex[] => requestFor(drvPath, bundleOf(closure).blob);

  async function buildTwice(one: Package): Promise<[first: AdvanceResult, second: AdvanceResult]> {
    await using copy = await machine.fork();
    const first = await advanceAll(copy, payloadsFor(one));
    const second = await advanceAll(copy, [encodeRebuild(one)]);
    assert.deepEqual([first.status, second.status], ["accepted", "accepted"]);
    return [first, second];
  }

  it("confirms an output that is the same", async () => {
    const steady = shellPackage({ name: "steady", script: "echo > $out", system });
    const [first, second] = await buildTwice(steady);
    assert.equal(second.outputs.length, 2);
    assert.deepEqual(recordsOf(second), recordsOf(first));
  });

  it("contradicts an output that differs, and reports where", async () => {
    const script = "read id < /proc/sys/kernel/random/uuid; echo $id > $out";
    const random = shellPackage({ name: "random", script, system });
    const [first, second] = await buildTwice(random);
    assert.equal(second.outputs.length, 1);
    const [before, now] = [recordsOf(first)[0], recordsOf(second)[0]];
    assert.equal(now?.storePath, before?.storePath);
    assert.notEqual(now?.narHash, before?.narHash);
    const log = second.reports.map(decodeReport).find(({ kind }) => kind === "log");
    assert.ok(log?.kind === "log" && /the output itself differs from byte \d+\n$/.test(log.text));
  });
});
