import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { build } from "../../abi/typechain/build.ts";
import { deployLocal, type LocalChain, startLocalChain } from "../../deploy/index.ts";
import { helloOutput } from "./support/sampleOutputs.ts";
import { areAltered } from "./support/startChain.ts";

const root = join(import.meta.dirname, "../..");

const CONTRACT = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBuildRegistry} from "cartenix/contracts/IBuildRegistry.sol";
import {NarHash} from "cartenix/contracts/types/NarHash.sol";
import {ITrustPolicy} from "cartenix/contracts/ITrustPolicy.sol";
import {Trust} from "cartenix/contracts/libraries/Trust.sol";

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

const CONFIG = `export default {
  solidity: { version: "0.8.37", path: ${JSON.stringify(createRequire(import.meta.url).resolve("solc/soljson.js"))} },
};
`;

const QUERY = `import { compileQuery, createClient } from "@ponder/client";
import { output } from "cartenix/schema";

const { db } = createClient("http://127.0.0.1:1/sql", { schema: { output } });
const query = db.select({ storePath: output.storePath, narSize: output.narSize }).from(output);
type Row = Awaited<typeof query>[number];
const row: Row = { storePath: null, narSize: 1n };
// @ts-expect-error
const wrong: Row = { ...row, narSize: "1" };
console.log(compileQuery(query).sql);
`;

/** Records with the ethers bindings and reads with viem and the ABI, and vice versa. */
const SCRIPT = `import { buildRegistryAbi, Verdict } from "cartenix/abi";
import { BuildRegistry__factory } from "cartenix/ethers";
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
console.log(JSON.stringify([throughViem.narHash, throughEthers.narHash]));
provider.destroy();
`;

(areAltered ? describe.skip : describe)("The package, in somebody else's project", () => {
  let project: string;
  let chain: LocalChain;

  before(async () => {
    await build();
    project = await mkdtemp(join(tmpdir(), "cartenix-project-"));
    install(project);
    mkdirSync(join(project, "contracts"));
    writeFileSync(join(project, "package.json"), '{ "name": "project", "type": "module" }\n');
    writeFileSync(join(project, "hardhat.config.ts"), CONFIG);
    writeFileSync(join(project, "contracts/Reader.sol"), CONTRACT);
    writeFileSync(join(project, "script.mjs"), SCRIPT);
    writeFileSync(join(project, "query.ts"), QUERY);
    chain = await startLocalChain();
  });

  after(async () => {
    await chain?.stop();
    rmSync(project, { recursive: true, force: true });
  });

  const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: project, encoding: "utf8" });

  it("lets a contract import the interfaces and the library", () => {
    run(join(root, "node_modules/hardhat/dist/src/cli.js"), "build");
    assert.ok(readdirSync(join(project, "artifacts/contracts/Reader.sol")).includes("Reader.json"));
  });

  it("gives @ponder/client the types of the indexer's tables", () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    run(tsc, "--module", "nodenext", "--target", "es2022", "--strict", "--skipLibCheck", "query.ts");
    assert.match(run("query.js"), /^select "store_path", "nar_size" from "output"$/m);
  });

  it("lets ethers and viem each read what the other wrote", async () => {
    const { registry } = await deployLocal({
      rpcUrl: chain.rpcUrl,
      templateHash: `0x${"01".repeat(32)}`,
      epochLength: 5,
    });
    const outputs = [helloOutput("ethers"), helloOutput("viem")];
    const hashes = await runAside(chain.rpcUrl, registry, ...outputs.map(toJson));
    assert.deepEqual(
      hashes,
      outputs.map(({ narHash }) => narHash),
    );
  });

  /** The chain runs in this process, which must not block meanwhile. */
  async function runAside(...args: string[]): Promise<unknown> {
    const { stdout } = await promisify(execFile)(process.execPath, ["script.mjs", ...args], { cwd: project });
    return JSON.parse(stdout);
  }
});

/** Installs what `npm pack` packs into a project that shares this one's dependencies. */
function install(project: string): void {
  const archives = execFileSync(
    "npm",
    ["pack", "--ignore-scripts", "--silent", "--pack-destination", project],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  const modules = join(project, "node_modules");
  mkdirSync(join(modules, "cartenix"), { recursive: true });
  const archive = join(project, archives.trim().split("\n").at(-1)!);
  execFileSync("tar", ["xzf", archive, "-C", join(modules, "cartenix"), "--strip-components=1"]);
  for (const name of ["hardhat", "ethers", "viem", "solc", "@nomicfoundation", "ponder", "@ponder"]) {
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
}

function toJson(value: unknown): string {
  return JSON.stringify(value, (_, item) => (typeof item === "bigint" ? item.toString() : item));
}
