import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { type Address, bytesToHex, type Hex, keccak256, numberToHex, zeroAddress, zeroHash } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { applicationAbi, Contradictions, trustPolicyAbi } from "../../abi/index.ts";
import { makeScratchFolder, type ScratchFolder } from "../../machine/packages/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/deployments/index.ts";
import { createPolicyMaker, member, type PolicyMaker } from "../indexer/support/createPolicyMaker.ts";
import { type Rollup, startRollup, TEMPLATE_HASH } from "../indexer/support/startRollup.ts";
import { assertAsks } from "./support/assertAsks.ts";
import { runCartenix } from "./support/runCartenix.ts";

const SLOTS_OF_MEMBER = 4n;
const MNEMONIC = "test test test test test test test test test test test junk";
const ACCOUNT = mnemonicToAccount(MNEMONIC, { addressIndex: 1 });
const KEY = bytesToHex(ACCOUNT.getHdKey().privateKey!);

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

  describe("make", () => {
    let second: Deployment;
    let files: string[];

    before(async () => {
      second = await rollup.deploy();
      files = [await writeDeployment("first", deployment), await writeDeployment("second", second)];
    });

    async function writeDeployment(name: string, content: object): Promise<string> {
      const file = join(scratch.path, `${name}.json`);
      await writeFile(file, formatDeployment(content as Deployment));
      return file;
    }

    const environment = { CARTENIX_KEY: KEY };
    const transactions = () => rollup.client.getTransactionCount({ address: ACCOUNT.address });
    const argsOf = (args: string[]) => ["policy", "make", "--rpc-url", rollup.chain.rpcUrl, ...args];
    const make = async (args: string[], variables: Record<string, string> = environment) => {
      const { exitCode, stdout, stderr } = await runCartenix(argsOf(["--json", ...args]), {
        environment: variables,
      });
      return { exitCode, stderr, answer: JSON.parse(stdout) };
    };

    it("makes a policy once, and shows before what it says and costs", async () => {
      const before = await transactions();
      const { exitCode, answer, stderr } = await make(["--yes", ...files]);
      assert.equal(exitCode, 0, stderr);
      assert.deepEqual([answer.schema, answer.result], ["cartenix.policy-make.v1", "made"]);
      assert.equal(answer.trust, `policy:${answer.policy}`);
      assert.match(stderr, /accepts what 1 of 2 recorded\n.*no vote on it\n {2}members must have no owner\n/);
      assert.match(stderr, /about [\d,]+ gas, at most 0\.\d+ ETH, from 0x7099/);
      const terms = await rollup.client.readContract({
        ...{ address: answer.policy, abi: trustPolicyAbi, functionName: "terms" },
      });
      assert.deepEqual(
        terms.members.map(({ application }) => application).sort(),
        [deployment.application, second.application].sort(),
      );
      assert.ok(Number(answer.transaction.gasUsed) <= Number(answer.cost.gas));
      assert.equal((await show(answer.policy)).exitCode, 0);

      const again = await make(files.toReversed(), {});
      assert.equal(again.exitCode, 0, again.stderr);
      assert.deepEqual([again.answer.result, again.answer.policy], ["existed", answer.policy]);
      assert.equal((await transactions()) - before, 1);
    });

    it("sends nothing in a dry run, and needs no key for one", async () => {
      const { exitCode, answer, stderr } = await make(["--dry-run", "--threshold", "2", ...files], {});
      assert.equal(exitCode, 0, stderr);
      assert.deepEqual([answer.result, answer.terms.threshold], ["dryRun", 2]);
      assert.ok(BigInt(answer.cost.wei) > 0n);
      assert.equal(await rollup.client.getCode({ address: answer.policy }), undefined);
    });

    it("asks on a terminal, and sends only what is confirmed", async () => {
      const before = await transactions();
      const args = ["--threshold", "2", "--contradictions", "any", ...files];
      const { exitCode, shown } = await assertAsks(argsOf(args), {
        environment,
        question: /Make this policy\? \[y\/N\]/,
        refusedExitCode: 10,
        assertNothingDone: async () => assert.equal(await transactions(), before),
      });
      assert.equal(exitCode, 0, shown);
      assert.match(shown, /of different hashes that a member recorded, each counts/);
      assert.match(shown, /policy (0x[0-9a-fA-F]{40}) {2}made\r\n {2}--trust policy:\1/);
      assert.equal((await transactions()) - before, 1);
    });

    it("pays once when it is stopped while the transaction is on its way, and run again", async () => {
      const before = await transactions();
      const args = ["--yes", "--contradictions", "any", ...files];
      await rollup.client.setAutomine(false);
      try {
        const stopping = runCartenix(argsOf(args), {
          environment,
          onStart: async (child) => {
            while (
              (await rollup.client.getTransactionCount({ address: ACCOUNT.address, blockTag: "pending" })) ===
              before
            ) {
              await setTimeout(50);
            }
            child.kill("SIGINT");
          },
        });
        assert.equal((await stopping).exitCode, 130);
        const meanwhile = await make(args);
        assert.equal(meanwhile.exitCode, 10);
        assert.match(meanwhile.answer.message, /has transactions that are not mined yet/);
        await rollup.client.mine({ blocks: 1 });
      } finally {
        await rollup.client.setAutomine(true);
      }
      assert.equal((await make(args)).answer.result, "existed");
      assert.equal((await transactions()) - before, 1);
    });

    const changed = (changes: object) => () => writeDeployment("changed", { ...deployment, ...changes });
    const own = () => files[0]!;
    const poor = { CARTENIX_KEY: zeroHash.replace(/0$/, "7") };
    for (const [what, file, args, variables, exitCode, message] of [
      [
        "a threshold that is too high",
        own,
        ["--yes", "--threshold", "2"],
        environment,
        10,
        /threshold cannot be 2/,
      ],
      [
        "a threshold that is no number",
        own,
        ["--yes", "--threshold", "1e0"],
        environment,
        10,
        /not a number/,
      ],
      [
        "a file that is none",
        () => "nowhere.json",
        ["--yes"],
        environment,
        10,
        /nowhere\.json is not a deployment/,
      ],
      [
        "a member without a salt",
        changed({ salt: undefined }),
        ["--yes"],
        environment,
        10,
        /not a deployment file/,
      ],
      [
        "a member with another salt",
        changed({ salt: zeroHash.replace(/0$/, "9") }),
        ["--yes"],
        environment,
        12,
        /was not created as its/,
      ],
      [
        "a member that is no application",
        changed({ deployer: zeroAddress }),
        ["--yes"],
        environment,
        10,
        /NotAnApplication/,
      ],
      [
        "a member of another registry",
        changed({ policyFactory: zeroAddress }),
        ["--yes"],
        environment,
        10,
        /another registry/,
      ],
      ["another chain", changed({ chainId: 1 }), ["--yes"], environment, 11, /is on another chain/],
      [
        "another chain of the same number",
        changed({ genesisHash: zeroHash }),
        ["--yes"],
        environment,
        11,
        /is on another chain/,
      ],
      ["no key", own, ["--yes"], {}, 10, /there is no key to send with/],
      ["no terminal", own, [], environment, 10, /there is no terminal to ask/],
      ["an account that cannot pay", own, ["--yes"], poor, 10, /has 0 ETH/],
    ] as const) {
      it(`sends nothing and says what to do about ${what}`, async () => {
        const before = await rollup.client.getBlockNumber();
        const run = await runCartenix(argsOf([...args, "--", await file()]), {
          environment: { ...variables },
        });
        assert.equal(run.exitCode, exitCode, run.stderr);
        assert.equal(run.stdout, "");
        assert.match(run.stderr, message);
        assert.equal(await rollup.client.getBlockNumber(), before);
      });
    }
  });
});
