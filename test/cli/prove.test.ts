import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { applicationAbi, authorityAbi } from "../../abi/index.ts";
import { formatProof, outputsRootOf, parseProof } from "../../client/index.ts";
import { type Deployment, formatDeployment } from "../../protocol/deployments/index.ts";
import { encodeOutput, encodeRecord, formatNarHash } from "../../protocol/index.ts";
import { hashOf, helloOutput } from "../contracts/support/sampleOutputs.ts";
import { outputsTree } from "../indexer/support/outputsTree.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";
import { runCartenix, runJson } from "./support/runCartenix.ts";

describe("cartenix prove", function () {
  this.timeout(120_000);
  let rollup: Rollup;
  let deployment: Deployment;
  let folder: string;
  let options: string[];
  const built = helloOutput("proven-by-command");

  before(async () => {
    rollup = await startRollup();
    deployment = await rollup.deploy();
    folder = await mkdtemp(join(tmpdir(), "cartenix-prove-"));
    await writeFile(join(folder, "deployment.json"), formatDeployment(deployment));
    options = ["--rpc-url", rollup.chain.rpcUrl, "--deployment", join(folder, "deployment.json")];
    const { application, consensus, registry: destination, claimer } = deployment;
    const payload = encodeRecord({ inputIndex: 0n, outputs: [built] });
    const voucher = encodeOutput({ type: "Voucher", destination, value: 0n, payload });
    const { root, proofs } = outputsTree([voucher]);
    await rollup.write(claimer, {
      ...{ address: consensus, abi: authorityAbi, functionName: "submitClaim" },
      args: [application, (await rollup.client.getBlockNumber()) - 1n, root],
    });
    await rollup.write(claimer, {
      ...{ address: application, abi: applicationAbi, functionName: "executeOutput" },
      args: [voucher, proofs[0]!],
    });
  });

  after(async () => {
    await rollup?.stop();
    if (folder) {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("writes a proof", async () => {
    const file = join(folder, "out.proof.json");
    const { exitCode, answer } = await runJson(["prove", ...options, built.storePath, "-o", file]);
    assert.equal(exitCode, 0);
    assert.equal(answer.narHash, formatNarHash(built.narHash));
    assert.equal(answer.hasStatement, false);
    assert.equal(JSON.parse(await readFile(file, "utf8")).schema, "cartenix.proof.v1");
  });

  it("which is verified without any network, or with the chain's word on its claim", async () => {
    const file = join(folder, "verified.proof.json");
    await runJson(["prove", ...options, built.storePath, "-o", file]);
    const offline = await runCartenix(["verify", "--proof", file, "--offline"]);
    assert.equal(offline.exitCode, 0, offline.stderr);
    assert.match(
      offline.stdout,
      new RegExp(`^proven {2}${built.storePath}\n[^]*What remains to be believed:`),
    );
    const { exitCode, answer } = await runJson(["verify", ...options, "--proof", file]);
    assert.deepEqual([exitCode, answer.narHash], [0, formatNarHash(built.narHash)]);
    await writeFile(file, (await readFile(file, "utf8")).replace(/"0x[0-9a-f]/, '"0xg'));
    assert.equal((await runCartenix(["verify", "--proof", file, "--offline"])).exitCode, 12);
  });

  describe("and those who are believed", () => {
    let file: string;
    const verify = (...args: string[]) => runJson(["verify", "--proof", file, ...args]);

    before(async () => {
      file = join(folder, "believed.proof.json");
      await runJson(["prove", ...options, built.storePath, "-o", file]);
    });

    it("are asked: what the chain accepts now is the verdict", async () => {
      const { exitCode, answer } = await verify(...options);
      assert.deepEqual([exitCode, answer.status, answer.verdict], [0, "accepted", "accepted"]);
      assert.ok(!answer.believed.some((line: string) => /since: /.test(line)));
    });

    it("may believe others than the application of the proof", async () => {
      const stranger = rollup.accounts[7]!;
      const both = `2 of (${deployment.application}, ${stranger})`;
      for (const [trust, online] of [
        [stranger, "unknown"],
        [both, "policyNotMet"],
      ] as const) {
        const asked = await verify(...options, "--trust", trust);
        assert.deepEqual([asked.exitCode, asked.answer.status], [online === "unknown" ? 2 : 4, online]);
        const offline = await verify(...options, "--offline", "--trust", trust);
        assert.deepEqual([offline.exitCode, offline.answer.status], [4, "policyNotMet"]);
      }
    });

    it("have no verdict without the chain, which a proof cannot stand for", async () => {
      const { exitCode, answer } = await verify(...options, "--offline");
      assert.deepEqual([exitCode, answer.status, answer.verdict], [0, null, null]);
      const policy = `policy:${rollup.accounts[8]}`;
      const counted = await verify(...options, "--offline", "--trust", policy);
      assert.deepEqual([counted.exitCode, counted.answer.status], [0, null]);
      assert.ok(counted.answer.believed.includes(`that ${policy} counts ${deployment.application}`));
      const nobody = await verify("--offline");
      assert.deepEqual([nobody.exitCode, nobody.answer.status], [0, null]);
      assert.ok(nobody.answer.believed.some((line: string) => /is an application to believe/.test(line)));
    });

    it("are of one chain", async () => {
      const other = join(folder, "other.json");
      await writeFile(other, formatDeployment({ ...deployment, chainId: 5 }));
      const { exitCode, answer } = await verify("--offline", "--deployment", other);
      assert.deepEqual([exitCode, answer.code], [11, "WRONG_CHAIN"]);
    });
  });

  describe("from a stranger", () => {
    /** A proof that is whole, of an application that records anything. */
    async function forge(name: string, output: ReturnType<typeof helloOutput>): Promise<string> {
      const real = join(folder, `${name}.real.json`);
      await runJson(["prove", ...options, built.storePath, "-o", real]);
      const proof = parseProof(await readFile(real, "utf8"));
      const payload = encodeRecord({ inputIndex: 0n, outputs: [output] });
      const voucher = {
        ...proof.voucher,
        output: encodeOutput({ type: "Voucher", destination: proof.registry, value: 0n, payload }),
      };
      const claims = [{ ...proof.claims[0]!, outputsMerkleRoot: outputsRootOf(voucher) }];
      const file = join(folder, `${name}.json`);
      await writeFile(file, formatProof({ ...proof, storePath: output.storePath, voucher, claims }));
      return file;
    }

    it("cannot control a terminal, nor look like another answer", async () => {
      const hostile = helloOutput("hostile", {
        drvPath: "\u001b[2J\naccepted\u009b2J",
        outputName: "\r\u202e",
      });
      const file = await forge("hostile", hostile);
      const { exitCode, stdout } = await runCartenix(["verify", "--proof", file, "--offline"]);
      assert.equal(exitCode, 0);
      assert.match(stdout, /built from \\u\{1b\}\[2J\\u\{a\}accepted\\u\{9b\}2J!\\u\{d\}\\u\{202e\}, as/);
      assert.doesNotMatch(stdout, /[^\P{C}\n]/u);
      const json = await runCartenix(["verify", "--json", "--proof", file, "--offline"]);
      assert.doesNotMatch(json.stdout, /[^\P{C}\n]/u);
      assert.equal(JSON.parse(json.stdout).drvPath, hostile.drvPath);
    });

    it("is about a store path, or damaged", async () => {
      const file = await forge("none", helloOutput("none", { storePath: "\u001b[2J" }));
      const { exitCode, stderr } = await runCartenix(["verify", "--proof", file, "--offline"]);
      assert.equal(exitCode, 12);
      assert.match(stderr, /about what is no store path: \\u\{1b\}\[2J/);
    });
  });

  it("says that it cannot write where there is no folder", async () => {
    const nowhere = join(folder, "nowhere", "x.json");
    const { exitCode, answer } = await runJson(["prove", ...options, built.storePath, "-o", nowhere]);
    assert.deepEqual([exitCode, answer.code], [10, "UNWRITABLE_PATH"]);
  });

  for (const [what, args, message] of [
    ["a folder for a proof", ["--proof", "/", "--offline"], /cannot read the proof \//],
    ["nothing to verify", [], /not said what to verify/],
    ["paths beside a proof", ["--proof", "x", built.storePath], /by itself, without paths/],
    ["paths without any chain", ["--offline", built.storePath], /use --offline with --proof/],
    ["a proof that is not there", ["--proof", "none.json", "--offline"], /cannot read the proof none\.json/],
  ] as const) {
    it(`says what to do about ${what}`, async () => {
      const { exitCode, stderr } = await runCartenix(["verify", ...args]);
      assert.equal(exitCode, 10);
      assert.match(stderr, message);
    });
  }

  it("names the file after the output", async () => {
    const { answer } = await runJson(["prove", ...options, built.storePath], { cwd: folder });
    assert.equal(answer.file, `${built.storePath.slice(44)}.proof.json`);
    assert.ok((await readdir(folder)).includes(answer.file));
  });

  it("ends with 2, and writes nothing, for what was not recorded", async () => {
    const file = join(folder, "none.proof.json");
    const { exitCode, answer } = await runJson([
      ...["prove", ...options, helloOutput("never").storePath],
      ...["-o", file],
    ]);
    assert.deepEqual([exitCode, answer.code], [2, "NO_PROOF"]);
    assert.ok(!(await readdir(folder)).includes("none.proof.json"));
  });

  describe("of an application that contradicts itself afterwards", () => {
    it("are verified, and the verdict is a conflict", async () => {
      const file = join(folder, "contradicted.proof.json");
      assert.equal((await runJson(["prove", ...options, built.storePath, "-o", file])).exitCode, 0);
      await rollup.record(deployment.application, deployment.registry, [
        { ...built, narHash: hashOf("another") },
      ]);
      const { exitCode, answer } = await runJson(["verify", "--proof", file, ...options]);
      assert.deepEqual([exitCode, answer.status, answer.verdict], [4, "policyNotMet", "conflict"]);
    });
  });
});
