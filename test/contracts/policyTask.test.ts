import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { createTestClient, http, parseEther, publicActions, walletActions, zeroAddress } from "viem";
import { hardhat } from "viem/chains";
import { buildRegistryAbi, Contradictions, trustPolicyAbi } from "../../abi/index.ts";
import { deployLocal, type LocalChain, startLocalChain } from "../../deploy/index.ts";
import { createPolicy } from "../../deploy/policy/createPolicy.ts";
import type { Deployment, VotedDeployment } from "../../protocol/deployments/index.ts";
import { createDeployFolder, type DeployFolder } from "./support/deployCommand.ts";
import { helloOutput, INPUT_INDEX, storePath } from "./support/sampleOutputs.ts";
import { areAltered } from "./support/startChain.ts";
import { FIRST_KEY } from "./support/startForeignChain.ts";
import { TEMPLATE_HASH } from "./support/startRollup.ts";

const COMMAND_TIMEOUT_MS = 180_000;

(areAltered ? describe.skip : describe)("npx hardhat policy", function () {
  this.timeout(COMMAND_TIMEOUT_MS);
  this.slow(COMMAND_TIMEOUT_MS);

  let chain: LocalChain;
  let folder: DeployFolder;
  let deployments: VotedDeployment[];
  let files: string[];
  let environment: Record<string, string>;
  const output = helloOutput("policy task");

  before(async () => {
    folder = await createDeployFolder();
    chain = await startLocalChain();
    environment = { SEPOLIA_RPC_URL: chain.rpcUrl, SEPOLIA_PRIVATE_KEY: FIRST_KEY };
    files = ["first", "second"].map((name) => join(folder.folder, `${name}.json`));
    deployments = [];
    for (const deploymentFile of files) {
      const options = { rpcUrl: chain.rpcUrl, templateHash: TEMPLATE_HASH, epochLength: 8, deploymentFile };
      deployments.push(await deployLocal(options));
    }
    await recordAs(deployments[0]!);
  });

  after(async () => {
    await chain?.stop();
    await folder?.remove();
  });

  const client = () =>
    createTestClient({ mode: "hardhat", chain: hardhat, transport: http(chain.rpcUrl) })
      .extend(publicActions)
      .extend(walletActions);

  /** Lets an application record the output as if by a voucher. */
  async function recordAs({ application, registry }: Deployment): Promise<void> {
    const test = client();
    await test.impersonateAccount({ address: application });
    await test.setBalance({ address: application, value: parseEther("1") });
    const call = { address: registry, abi: buildRegistryAbi, functionName: "record" } as const;
    await test.writeContract({ ...call, args: [INPUT_INDEX, [output]], account: application });
  }

  const policy = (args: string[]) => folder.run("policy", ["--network", "sepolia", ...args], environment);

  async function expectRefusal(reason: RegExp, args: string[]): Promise<void> {
    const { code, stderr } = await policy(args);
    assert.equal(code, 1, stderr);
    const [first, ...more] = stderr.trimEnd().split("\n");
    assert.match(first!, /^error: /);
    assert.match(first!, reason);
    assert.ok(
      more.every((line) => /^ {2}(details|what to do|see): /.test(line)),
      stderr,
    );
  }

  it("creates the policy of two deployments, and prints its address, its members and verdicts", async () => {
    const unknown = storePath("unknown", "hello");
    const paths = ["--paths", `${output.storePath},${unknown}`];
    const { code, stdout, stderr } = await policy([...paths, ...files]);
    assert.equal(code, 0, stderr);
    const address = stdout.match(/^policy (0x[0-9a-fA-F]{40})$/m)![1] as `0x${string}`;
    assert.equal(stdout.match(/ meets the terms$/gm)!.length, 2);
    assert.ok(
      stdout.includes(`Accepted ${output.narHash} ${output.storePath}\nNotRecorded ${unknown}`),
      stdout,
    );
    const terms = await client().readContract({ address, abi: trustPolicyAbi, functionName: "terms" });
    assert.deepEqual(
      [terms.threshold, terms.contradictions, terms.ownerRenounced],
      [1, Contradictions.Refuse, true],
    );
    for (const { application, templateHash, consensus, claimer } of deployments) {
      const member = terms.members.find((item) => item.application === application);
      assert.deepEqual(member, { application, templateHash, consensus, claimer });
    }

    const block = await client().getBlockNumber({ cacheTime: 0 });
    const again = await policy(files.toReversed());
    assert.ok(again.stdout.startsWith(`policy ${address}\n`), again.stderr);
    assert.equal(await client().getBlockNumber({ cacheTime: 0 }), block);
  });

  it("passes threshold and contradictions on", async () => {
    const args = ["--threshold", "2", "--contradictions", "any", "--paths", output.storePath, ...files];
    const { stdout, stderr } = await policy(args);
    assert.ok(stdout.includes(`TooFew ${output.storePath}`), `${stdout}${stderr}`);
  });

  it("says in one line what is wrong", async () => {
    await expectRefusal(/nowhere\.json cannot be read/, [join(folder.folder, "nowhere.json")]);
    await expectRefusal(/contradictions cannot be both/, ["--contradictions", "both", ...files]);
    await expectRefusal(/the threshold cannot be 300/, ["--threshold", "300", ...files]);
    await expectRefusal(/hello is not a store path/, ["--paths", `${output.storePath},hello`, ...files]);
  });

  it("creates no policy of an application twice, or of one whose deployment is not true of this chain", async () => {
    const [deployment] = deployments as [Deployment];
    const create = (...of: Deployment[]) =>
      createPolicy(client(), { deployments: of, threshold: 1, contradictions: Contradictions.Refuse });
    await assert.rejects(create(deployment, deployment), /refuses these terms: MembersNotSorted/);
    for (const [changes, reason] of [
      [{ chainId: 1 }, /is on another chain/],
      [{ genesisHash: `0x${"00".repeat(32)}` }, /is on another chain/],
      [{ policyFactory: zeroAddress }, /records in another registry/],
      [{ consensus: deployments[1]!.consensus }, /was not created as its deployment says/],
      [{ deployer: zeroAddress }, /refuses these terms: NotAnApplication/],
    ] as const) {
      await assert.rejects(create({ ...deployment, ...changes }), reason);
    }
  });

  it("shows its options with --help", async () => {
    const { stdout } = await folder.run("policy", ["--help"], environment);
    assert.match(stdout, /--threshold[\s\S]*--contradictions|--contradictions[\s\S]*--threshold/);
  });
});
