import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { type Address, type Hex, keccak256, numberToHex, zeroAddress } from "viem";
import { applicationAbi, Contradictions } from "../../abi/index.ts";
import { makeScratchFolder, type ScratchFolder } from "../../machine/packages/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/index.ts";
import { createPolicyMaker, member, type PolicyMaker } from "../indexer/support/createPolicyMaker.ts";
import { type Rollup, startRollup, TEMPLATE_HASH } from "../indexer/support/startRollup.ts";
import { runCartenix } from "./support/runCartenix.ts";

const SLOTS_OF_MEMBER = 4n;

describe("cartenix policy", function () {
  this.timeout(120_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let scratch: ScratchFolder;
  let maker: PolicyMaker;
  let common: string[];
  let movable: Address;
  let consensus: Address;
  let policy: Address;

  before(async () => {
    rollup = await startRollup();
    deployment = await rollup.deploy();
    scratch = makeScratchFolder("policy");
    const file = join(scratch.path, "deployment.json");
    await writeFile(file, formatDeployment(deployment));
    common = ["--rpc-url", rollup.chain.rpcUrl, "--deployment", file];
    maker = createPolicyMaker(rollup, deployment);
    const { authority, consensusOrigin } = await maker.makeAuthority();
    consensus = authority;
    movable = await maker.makeApplication(authority, consensusOrigin);
    policy = await maker.makePolicy({
      threshold: 2,
      contradictions: Contradictions.Refuse,
      members: [
        member(deployment.application, { templateHash: TEMPLATE_HASH }),
        member(movable, { consensus: authority }),
      ],
    });
  });

  after(async () => {
    await rollup?.stop();
    await scratch?.[Symbol.asyncDispose]();
  });

  const show = async (address: string) => {
    const { exitCode, stdout } = await runCartenix(["policy", "show", "--json", ...common, address]);
    return { exitCode, answer: JSON.parse(stdout) };
  };
  const showText = (address: string) => runCartenix(["policy", "show", ...common, address]);

  it("shows terms and members, and that the factory made it", async () => {
    const { exitCode, stdout } = await showText(`policy:${policy}`);
    assert.equal(exitCode, 0);
    assert.match(stdout, new RegExp(`^policy ${policy}\n {2}made by the factory 0x`, "i"));
    assert.match(stdout, /\n {2}accepts what 2 of 2 recorded in 0x/);
    assert.match(
      stdout,
      new RegExp(`${movable} meets the terms\n.*\n {4}consensus .* \\(wanted: ${consensus}\\)`),
    );
    assert.match(stdout, new RegExp(`template ${TEMPLATE_HASH} \\(wanted: ${TEMPLATE_HASH}\\)`));
  });

  it("knows a copy that the factory did not make, whatever that says of itself", async () => {
    const copy = `0x${"c0".repeat(20)}` as const;
    await copyContract(policy, copy, 2n);
    const { exitCode, answer } = await show(copy);
    assert.deepEqual([exitCode, answer.schema], [12, "cartenix.policy-show.v1"]);
    assert.deepEqual([answer.policy.isByFactory, answer.policy.threshold], [false, 2]);
    assert.match((await showText(copy)).stdout, /NOT made by the factory/);
  });

  /** Code and storage: the terms' head, the number of members, and the members. */
  async function copyContract(from: Address, to: Address, members: bigint): Promise<void> {
    const { client } = rollup;
    await client.setCode({ address: to, bytecode: (await client.getCode({ address: from }))! });
    const first = BigInt(keccak256(numberToHex(1n, { size: 32 })));
    const ofMembers = Array.from(
      { length: Number(members * SLOTS_OF_MEMBER) },
      (_, at) => first + BigInt(at),
    );
    for (const slot of [0n, 1n, ...ofMembers]) {
      const index = numberToHex(slot, { size: 32 });
      const value = (await client.getStorageAt({ address: from, slot: index })) as Hex;
      await client.setStorageAt({ address: to, index, value });
    }
  }

  for (const [what, address, exitCode, message] of [
    ["no address", "0x12", 10, /it is not an address/],
    ["an address without any contract", `0x${"ab".repeat(20)}`, 11, /there is no contract at 0xab/i],
    ["a contract that is no policy", () => deployment.registry, 11, /./],
  ] as const) {
    it(`says what to do about ${what}`, async () => {
      const run = await showText(typeof address === "string" ? address : address());
      assert.equal(run.exitCode, exitCode, run.stderr);
      assert.equal(run.stdout, "");
      assert.match(run.stderr, message);
    });
  }

  it("shows which member no longer meets the terms, and that nothing is accepted then", async () => {
    const { authority } = await maker.makeAuthority();
    await rollup.write(rollup.accounts[0], {
      ...{ address: movable, abi: applicationAbi, functionName: "migrateToOutputsMerkleRootValidator" },
      args: [authority],
    });
    const { exitCode, answer } = await show(policy);
    assert.equal(exitCode, 4);
    const moved = answer.policy.members.find(
      ({ terms }: { terms: { application: string } }) =>
        terms.application.toLowerCase() === movable.toLowerCase(),
    );
    assert.equal(moved.state.meetsTerms, false);
    assert.match((await showText(policy)).stdout, new RegExp(`${movable} does NOT meet the terms`));
    assert.notEqual(moved.state.owner, zeroAddress);
  });
});
