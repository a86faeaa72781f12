import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { policyFactoryAddress, registryAddress } from "../../abi/index.ts";
import { deployLocal, type LocalChain, startLocalChain } from "../../deploy/index.ts";
import { stageContracts } from "../../scripts/packages/stageContracts.ts";
import { ROOT } from "../../scripts/packages/stagePackage.ts";
import { helloOutput } from "../contracts/support/sampleOutputs.ts";
import { forge } from "./support/forge.ts";
import { hardhat2 } from "./support/hardhat2.ts";
import { type StrangersProject, startProject } from "./support/strangersProject.ts";

const require = createRequire(import.meta.url);

const CONTRACT = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBuildRegistry} from "@cartenix/contracts/IBuildRegistry.sol";
import {NarHash} from "@cartenix/contracts/types/NarHash.sol";
import {ITrustPolicy} from "@cartenix/contracts/ITrustPolicy.sol";
import {Trust} from "@cartenix/contracts/libraries/Trust.sol";

contract Reader {
    using Trust for ITrustPolicy;

    function read(IBuildRegistry registry, address application, string calldata path) external view returns (NarHash) {
        return registry.recordOf(application, path).narHash;
    }

    function act(ITrustPolicy policy, string calldata path, NarHash narHash) external view {
        policy.requireTrusted(path, narHash);
    }
}
`;

const SOLJSON = require.resolve("solc/soljson.js");

const HARDHAT_3_CONFIG = `export default {
  solidity: { version: "0.8.37", path: ${JSON.stringify(SOLJSON)} },
};
`;

/** Hardhat 2 would download the compiler. */
const HARDHAT_2_CONFIG = `const { subtask } = require("hardhat/config");
const { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD } = require("hardhat/builtin-tasks/task-names");

subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async ({ solcVersion: version }) => ({
  compilerPath: ${JSON.stringify(SOLJSON)},
  isSolcJs: true,
  version,
  longVersion: version,
}));
module.exports = { solidity: "0.8.37" };
`;

const FOUNDRY_CONFIG = `[profile.default]
src = "src"
out = "out"
remappings = ["@cartenix/contracts/=node_modules/@cartenix/contracts/"]
solc = "./solc"
offline = true
`;

/** The compiler from npm, called as Foundry calls the native one. */
const SOLC = `#!${process.execPath}
import { readFileSync } from "node:fs";
import solc from ${JSON.stringify(require.resolve("solc"))};
if (process.argv.includes("--version")) {
  console.log(\`solc, the solidity compiler\\nVersion: \${solc.version()}\`);
} else {
  console.log(solc.compile(readFileSync(0, "utf8")));
}
`;

/** Records with the ethers bindings and reads with viem and the ABI, and vice versa. */
const SCRIPT = `import { buildRegistryAbi, buildRegistryAddress, trustPolicyFactoryAddress, Verdict } from "@cartenix/contracts";
import { BuildRegistry__factory } from "@cartenix/contracts/ethers";
import { JsonRpcProvider } from "ethers";
import { createWalletClient, http, publicActions } from "viem";

const [rpcUrl, address, byEthers, byViem] = process.argv.slice(2).map((text, index) => (index < 2 ? text : JSON.parse(text)));
const provider = new JsonRpcProvider(rpcUrl);
const signer = await provider.getSigner(0);
const ethers = BuildRegistry__factory.connect(address, signer);
const viem = createWalletClient({ transport: http(rpcUrl) }).extend(publicActions);
const account = signer.address;

await (await ethers.record(5, [byEthers])).wait();
const read = { address, abi: buildRegistryAbi };
const throughViem = await viem.readContract({ ...read, functionName: "recordOf", args: [account, byEthers.storePath] });
const hash = await viem.writeContract({ ...read, functionName: "record", args: [5n, [{ ...byViem, narSize: BigInt(byViem.narSize) }]], account, chain: null });
await viem.waitForTransactionReceipt({ hash });
const throughEthers = await ethers.recordOf(account, byViem.storePath);
if (Verdict.Conflict !== 3) throw new Error("Verdict");
console.log(JSON.stringify([throughViem.narHash, throughEthers.narHash, buildRegistryAddress, trustPolicyFactoryAddress]));
provider.destroy();
`;

describe("The package, in somebody else's project", function () {
  this.timeout(300_000); // the first time, other versions of programs come from npm
  let project: StrangersProject;
  let chain: LocalChain;

  before(async () => {
    project = await startProject(stageContracts);
    project.link("ethers", "hardhat", "solc", "viem");
    project.write({ "script.mjs": SCRIPT });
    chain = await startLocalChain();
  });

  after(async () => {
    await chain?.stop();
    project?.remove();
  });

  const run = (folder: string, program: string, ...args: string[]) =>
    execFileSync(program, args, { cwd: join(project.folder, folder), stdio: "pipe" });
  const isThere = (file: string) => existsSync(join(project.folder, file));

  it("lets a contract import the interfaces and the library", () => {
    project.write({
      "hardhat3/package.json": '{ "type": "module" }',
      "hardhat3/hardhat.config.ts": HARDHAT_3_CONFIG,
      "hardhat3/contracts/Reader.sol": CONTRACT,
    });
    run("hardhat3", process.execPath, join(ROOT, "node_modules/hardhat/dist/src/cli.js"), "build");
    assert.ok(isThere("hardhat3/artifacts/contracts/Reader.sol/Reader.json"));
  });

  it("lets a contract of a Hardhat 2 project import them", async () => {
    const hardhat = await hardhat2();
    project.write({
      "hardhat2/package.json": "{}",
      "hardhat2/hardhat.config.cjs": HARDHAT_2_CONFIG,
      "hardhat2/contracts/Reader.sol": CONTRACT,
    });
    const cwd = join(project.folder, "hardhat2");
    mkdirSync(join(cwd, "node_modules"));
    symlinkSync(hardhat, join(cwd, "node_modules/hardhat"));
    execFileSync(process.execPath, [join(hardhat, "internal/cli/bootstrap.js"), "compile", "--quiet"], {
      cwd,
    });
    assert.ok(isThere("hardhat2/artifacts/contracts/Reader.sol/Reader.json"));
  });

  it("lets a contract of a Foundry project import them, by one remapping", async () => {
    project.write({
      "foundry.toml": FOUNDRY_CONFIG,
      "src/Reader.sol": CONTRACT,
      solc: SOLC,
    });
    chmodSync(join(project.folder, "solc"), 0o755);
    run(".", await forge(), "build");
    assert.ok(isThere("out/Reader.sol/Reader.json"));
  });

  it("lets ethers and viem each read what the other wrote", async () => {
    const { registry } = await deployLocal({
      rpcUrl: chain.rpcUrl,
      templateHash: `0x${"01".repeat(32)}`,
      epochLength: 5,
    });
    const outputs = [helloOutput("ethers"), helloOutput("viem")];
    const result = await runAside(chain.rpcUrl, registry, ...outputs.map(toJson));
    const hashes = outputs.map(({ narHash }) => narHash);
    assert.deepEqual(result, [...hashes, registryAddress(), policyFactoryAddress()]);
  });

  /** The chain runs in this process, which must not block meanwhile. */
  async function runAside(...args: string[]): Promise<unknown> {
    const { stdout } = await promisify(execFile)(process.execPath, ["script.mjs", ...args], {
      cwd: project.folder,
    });
    return JSON.parse(stdout);
  }
});

function toJson(value: unknown): string {
  return JSON.stringify(value, (_, item) => (typeof item === "bigint" ? item.toString() : item));
}
