import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { parseAbi } from "viem";
import { Verdict } from "../../abi/index.ts";
import { pathKeyOf } from "./support/registryModel.ts";
import { hashOf, helloOutput } from "./support/sampleOutputs.ts";
import { startTrust } from "./support/startApplications.ts";

const trustProbeAbi = parseAbi([
  "function requireTrustedAt(address policy, bytes32 pathKey, bytes32 narHash) view",
  "function requireAcceptedAt(address policy, bytes32 pathKey) view returns (bytes32)",
  "error NotTrustedAt(bytes32 pathKey, uint8 verdict)",
  "error WrongHashAt(bytes32 pathKey, bytes32 narHash, bytes32 acceptedHash)",
]);

describe("Trust, by path key", () => {
  const output = helloOutput("trusted");
  const pathKey = pathKeyOf(output.storePath);
  const unknown = pathKeyOf(helloOutput("unknown").storePath);
  let world: Awaited<ReturnType<typeof startTrust>>;
  let probe: Awaited<ReturnType<typeof deployProbe>>;
  const deployProbe = () => world.chain.deploy("TrustProbe", trustProbeAbi);

  before(async () => {
    world = await startTrust();
    probe = await deployProbe();
    await world.recordAs(world.builder, [output]);
  });

  it("lets the accepted hash pass, and returns it", async () => {
    const policy = world.policy.address;
    await probe.read.requireTrustedAt([policy, pathKey, output.narHash]);
    assert.equal(await probe.read.requireAcceptedAt([policy, pathKey]), output.narHash);
  });

  it("refuses another hash, and names the accepted one", async () => {
    await world.chain.viem.assertions.revertWithCustomErrorWithArgs(
      probe.read.requireTrustedAt([world.policy.address, pathKey, hashOf("another")]),
      probe,
      "WrongHashAt",
      [pathKey, hashOf("another"), output.narHash],
    );
  });

  it("refuses a path without an accepted hash, and names the verdict", async () => {
    const { revertWithCustomErrorWithArgs } = world.chain.viem.assertions;
    for (const call of [
      probe.read.requireTrustedAt([world.policy.address, unknown, output.narHash]),
      probe.read.requireAcceptedAt([world.policy.address, unknown]),
    ]) {
      await revertWithCustomErrorWithArgs(call, probe, "NotTrustedAt", [unknown, Verdict.NotRecorded]);
    }
  });
});
