import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type Hex, toHex } from "viem";
import { MachineRefusedError, waitForBuild, waitForRebuild } from "../../client/index.ts";
import type { CartenixNode } from "../../machine/node/index.ts";
import { encodeReport, encodeStatement, type Report } from "../../protocol/index.ts";
import { script } from "../node/support/scriptGuest.ts";
import { notice, startWorld, voucher, type World } from "../node/support/startWorld.ts";
import { sampleStatement } from "../protocol/support/sampleStatement.ts";

const drvPath = `/nix/store/${"0".repeat(32)}-greet.drv`;

describe("following a request", function () {
  this.timeout(60_000);
  let world: World;
  let node: CartenixNode;
  let inputs = 0n;

  before(async () => {
    world = await startWorld();
    node = await world.startNode({ claimerKey: undefined });
  });
  after(() => world[Symbol.asyncDispose]());

  const reportOf = (report: Report) => script.report(toHex(encodeReport(report)));
  const send = async (payload: Uint8Array) => {
    await world.send(payload);
    inputs += 1n;
    const machine = { nodeUrl: node.url, application: world.deployment.application };
    return { machine, inputIndex: inputs - 1n, pollMs: 20 };
  };
  const toRegistry = () => voucher(world.deployment.registry, "0x");

  it("returns the statement about the requested derivation, not those about its dependencies", async () => {
    // more than one page of a list, in one input
    const dependency = statementOf(`/nix/store/${"0".repeat(32)}-dependency.drv`);
    const dependencies = [dependency, ...Array.from({ length: 59 }, (_, index) => toHex(`notice ${index}`))];
    const outputs = [toRegistry(), ...dependencies.map(notice), notice(statementOf(drvPath))];
    const answer = await waitForBuild(await send(world.accepting(outputs)));
    assert.equal(answer.statement.drvPath, drvPath);
    assert.deepEqual(answer.voucherIndexes, [0n]);
  });

  it("distinguishes a rebuild with the same outputs from one with different outputs", async () => {
    const same = reportOf({ kind: "info", message: "the same outputs were built" });
    const confirmed = await waitForRebuild(
      await send(world.accepting([toRegistry(), notice(statementOf(drvPath))], same)),
    );
    assert.equal(confirmed.statement?.drvPath, drvPath);
    assert.equal(confirmed.message, "the same outputs were built");
    assert.equal(confirmed.voucherIndexes.length, 1);
    const log = (text: string) => reportOf({ kind: "log", drvPath, text });
    const other = reportOf({ kind: "info", message: "it differs" });
    const contradicted = await waitForRebuild(
      await send(world.accepting([toRegistry()], log("built\n"), log("differs\n"), other)),
    );
    assert.equal(contradicted.statement, undefined);
    assert.equal(contradicted.message, "it differs");
    assert.equal(contradicted.log, "built\ndiffers\n");
    assert.equal(contradicted.voucherIndexes.length, 1);
  });

  it("throws the machine's reason when it rejects the request or builds nothing", async () => {
    const reason = reportOf({ kind: "error", message: "rebuild: not built yet" });
    const rejected = await send(script.of(reason, script.reject()));
    for (const wait of [waitForBuild, waitForRebuild]) {
      await assert.rejects(
        wait(rejected),
        (error) => error instanceof MachineRefusedError && /not built yet/.test(error.message),
      );
    }
    const known = reportOf({ kind: "info", message: "was built by input 3" });
    await assert.rejects(waitForBuild(await send(world.accepting([], known))), /was built by input 3/);
  });
});

function statementOf(drvPath: string): Hex {
  return toHex(encodeStatement(sampleStatement({ drvPath })));
}
