import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { getAddress } from "viem";
import { applicationAbi } from "../../abi/index.ts";
import { consensusesOf } from "../../cli/operator/consensusesOf.ts";
import { DamagedDeploymentError } from "../../client/index.ts";
import type { Deployment } from "../../protocol/deployments/index.ts";
import { createPolicyMaker, type PolicyMaker } from "../indexer/support/createPolicyMaker.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";

describe("the consensuses of which an audit compares the claims", function () {
  this.timeout(120_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let maker: PolicyMaker;

  before(async () => {
    rollup = await startRollup();
    deployment = await rollup.deploy();
    maker = createPolicyMaker(rollup, deployment);
  });
  after(() => rollup?.stop());

  const consensuses = async (of: Deployment) =>
    consensusesOf(rollup.client, of, { fromBlock: 0n, toBlock: await rollup.client.getBlockNumber() });

  it("are that of the application", async () => {
    assert.deepEqual(await consensuses(deployment), [getAddress(deployment.consensus)]);
  });

  it("are never those of a file alone", async () => {
    const { authority } = await maker.makeAuthority();
    await assert.rejects(consensuses({ ...deployment, consensus: authority }), DamagedDeploymentError);
  });

  it("are all that the application had", async () => {
    const first = await maker.makeAuthority();
    const application = await maker.makeApplication(first.authority, first.consensusOrigin);
    const { authority: second } = await maker.makeAuthority();
    await rollup.write(rollup.accounts[0], {
      ...{ address: application, abi: applicationAbi, functionName: "migrateToOutputsMerkleRootValidator" },
      args: [second],
    });
    assert.deepEqual(
      await consensuses({ ...deployment, application, consensus: first.authority }),
      [first.authority, second].map((address) => getAddress(address)),
    );
  });
});
