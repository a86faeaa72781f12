import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { parseEther, zeroAddress } from "viem";
import { buildRegistryCreationCode, policyFactoryInitCode } from "../../abi/index.ts";
import type { Chain } from "../../deploy/chain.ts";
import { deployWithCreate2 } from "../../deploy/create2.ts";
import { readTerms } from "../../deploy/readTerms.ts";
import { parseDeployment } from "../../protocol/deployments/index.ts";
import { createDeployFolder, type DeployFolder } from "./support/deployCommand.ts";
import { areAltered } from "./support/startChain.ts";
import { FIRST_KEY, type ForeignChain, startForeignChain } from "./support/startForeignChain.ts";

/** Hardhat alone takes five CPU seconds to start. */
const COMMAND_TIMEOUT_MS = 180_000;

(areAltered ? describe.skip : describe)("npx hardhat deploy", function () {
  this.timeout(COMMAND_TIMEOUT_MS);
  this.slow(COMMAND_TIMEOUT_MS);

  let chain: ForeignChain;
  let folder: DeployFolder;
  let environment: Record<string, string>;

  before(async () => {
    folder = await createDeployFolder();
    chain = await startForeignChain();
    environment = { SEPOLIA_RPC_URL: chain.rpcUrl, SEPOLIA_PRIVATE_KEY: FIRST_KEY };
  });

  after(async () => {
    await chain?.stop();
    await folder?.remove();
  });

  const terms = () => ({
    templateHash: `0x${"c0".repeat(32)}`,
    epochLength: 20,
    consensus: { authority: chain.accounts[1] },
  });
  const parameters = async (content: unknown = terms()) => ["--parameters", await folder.parameters(content)];
  const SEPOLIA = ["--network", "sepolia"];

  /** One line that says what is wrong, details and a remedy, exit code 1, and nothing else. */
  async function expectRefusal(
    reason: RegExp,
    remedy: RegExp,
    args: string[],
    changed: Record<string, string> = environment,
  ): Promise<string> {
    const { code, stdout, stderr } = await folder.deploy(args, changed);
    assert.equal(code, 1, stderr);
    const [first, ...more] = stderr.trimEnd().split("\n");
    assert.match(first!, /^error: /);
    assert.match(first!, reason);
    assert.ok(
      more.every((line) => /^ {2}(details|what to do|see): /.test(line)),
      stderr,
    );
    assert.match(more.join("\n"), remedy);
    assert.doesNotMatch(stderr, /HHE|report|\n {4}at /);
    return stdout;
  }

  it("refuses to run without a network, or on one that ends with the command", async () => {
    const networks = /--network: localhost, sepolia, opSepolia/;
    await expectRefusal(/no network is named/, networks, []);
    await expectRefusal(/network default/, networks, ["--network", "default"]);
    await assert.rejects(readdir(join(folder.folder, "deploy/chains")), /ENOENT/);
  });

  it("names a network that is not there, or that nobody serves", async () => {
    await expectRefusal(/"nowhere" is not defined/, /hardhat\.config\.ts/, ["--network", "nowhere"]);
    const url = "http://127.0.0.1:1";
    const away = { ...environment, SEPOLIA_RPC_URL: url };
    await expectRefusal(
      /Cannot connect/,
      /your node is running/,
      [...SEPOLIA, ...(await parameters())],
      away,
    );
  });

  it("names a key that is missing or is not a key", async () => {
    const { SEPOLIA_RPC_URL } = environment as { SEPOLIA_RPC_URL: string };
    const args = [...SEPOLIA, ...(await parameters())];
    await expectRefusal(/SEPOLIA_PRIVATE_KEY/, /environment variable/, args, { SEPOLIA_RPC_URL });
    const wrong = { SEPOLIA_RPC_URL, SEPOLIA_PRIVATE_KEY: "0x12" };
    await expectRefusal(/private key of the network sepolia/, /32 bytes in hex/, args, wrong);
  });

  it("names a parameter file that is missing or is not JSON5", async () => {
    await expectRefusal(/nowhere\.json5 cannot be read/, /ENOENT[\s\S]*--parameters/, [
      ...SEPOLIA,
      "--parameters",
      "nowhere.json5",
    ]);
    await assert.rejects(
      readTerms(await folder.parameters("{ epoch")),
      /parameters\.json5 cannot be read[\s\S]*JSON5: invalid/,
    );
  });

  it("names a parameter that is wrong, by default in the network's own file", async () => {
    const zero = { ...terms(), consensus: { authority: zeroAddress } };
    await assert.rejects(
      readTerms(await folder.parameters(zero)),
      /consensus\.authority is wrong[\s\S]*other than zero/,
    );
    await expectRefusal(/consensus\.authority is wrong/, /other than zero/, SEPOLIA);
  });

  it("names what is not on the chain", async () => {
    await expectRefusal(/Cartesi's applicationFactory/, /choose a chain/, [
      ...SEPOLIA,
      ...(await parameters()),
    ]);
  });

  it("says that the deployer cannot pay, in a dry run how much is missing, and goes on when it can", async () => {
    await chain.deployCartesi();
    const [address] = chain.accounts;
    const args = [...SEPOLIA, ...(await parameters())];
    await chain.client.setBalance({ address, value: parseEther("0.0001") });
    const printed = await expectRefusal(/lacks 0\.0\d+ ether/, /send it to 0x/, [...args, "--dry-run"]);
    assert.match(printed, /has 0\.0001 ether/);

    const somebody: Chain = {
      request: (request) =>
        request.method === "eth_accounts"
          ? Promise.resolve([chain.accounts[9]])
          : chain.client.request(request),
    };
    await deployWithCreate2(somebody, buildRegistryCreationCode);
    await deployWithCreate2(somebody, policyFactoryInitCode());
    const remedy = new RegExp(`send ether to ${address}`, "i");
    await expectRefusal(/the deployer cannot pay: it has 0\.0001 ether/, remedy, args);
    await expectRefusal(/the deployer cannot pay/, remedy, args);

    await chain.client.setBalance({ address, value: parseEther("1") });
    const dry = await folder.deploy([...args, "--dry-run"], environment);
    assert.equal(dry.code, 0, dry.stderr);
    assert.doesNotMatch(dry.stdout, /CREATE2/);
    const { code, stderr } = await folder.deploy(args, environment);
    assert.equal(code, 0, stderr);
    const file = join(folder.folder, "deploy/chains/424242.json");
    const deployment = parseDeployment(await readFile(file, "utf8"));
    assert.match(dry.stdout, new RegExp(deployment.application));
    const names = await readdir(join(folder.folder, "deploy/deployments"));
    assert.match(names.join(), /^chain-424242-[0-9a-f]{8}$/);
  }).timeout(8 * COMMAND_TIMEOUT_MS);
});
