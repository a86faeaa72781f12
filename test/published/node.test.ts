import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { globSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { toHex } from "viem";
import { hashPath } from "../../client/store/index.ts";
import { STORE_DIR } from "../../nix/index.ts";
import type { Deployment } from "../../protocol/deployments/index.ts";
import { stageCartenix } from "../../scripts/packages/stageCartenix.ts";
import { ROOT } from "../../scripts/packages/stagePackage.ts";
import { helloOutput, storePath } from "../contracts/support/sampleOutputs.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";
import { NODES } from "./support/nodeVersions.ts";
import { type StrangersProject, startProject } from "./support/strangersProject.ts";

const MAX_BYTES = 15e6;

const IMPORT_ALL = `import manifest from "cartenix/package.json" with { type: "json" };
for (const entry of Object.keys(manifest.exports).filter((entry) => !entry.endsWith(".json"))) {
  const exports = await import(\`cartenix\${entry.slice(1)}\`);
  console.log(entry, Object.keys(exports).length > 0);
}
`;

const HASH = `import { encodeNar, formatSha256Sri, narHash } from "cartenix/nix";
const contents = new TextEncoder().encode("hello\\n");
console.log(formatSha256Sri(narHash(encodeNar({ kind: "regular", executable: false, contents })).sha256));
`;

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };

describe("The package cartenix, installed in an empty folder", function () {
  this.timeout(300_000); // the first time, other versions of programs come from npm
  let project: StrangersProject;
  let rollup: Rollup;
  let deployment: Deployment;
  let installedBytes: number;

  before(async () => {
    project = await startProject(stageCartenix);
    const files = globSync("node_modules/**", { cwd: project.folder });
    installedBytes = files.reduce((sum, file) => sum + statSync(join(project.folder, file)).size, 0);
    project.link("hono", "ponder", "viem");
    project.write({ "hash.mjs": HASH, "importAll.mjs": IMPORT_ALL });
    rollup = await startRollup();
    deployment = await rollup.deploy();
    await recordResult();
  });

  after(async () => {
    await rollup?.stop();
    project?.remove();
  });

  /** A store with one path, to which `result` leads. */
  async function recordResult(): Promise<void> {
    const path = storePath("installed", "hello");
    const place = `store/${path.slice(STORE_DIR.length + 1)}`;
    project.write({ [place]: "hello\n" });
    symlinkSync(place, join(project.folder, "result"));
    const { sha256, size } = await hashPath(join(project.folder, place));
    await rollup.record(deployment.application, deployment.registry, [
      helloOutput(path, { storePath: path, narHash: toHex(sha256), narSize: BigInt(size) }),
    ]);
  }

  it("is all that npm installs, and small", () => {
    const { packages } = JSON.parse(readFileSync(join(project.folder, "package-lock.json"), "utf8")) as {
      packages: Record<string, { hasInstallScript?: true }>;
    };
    assert.deepEqual(Object.keys(packages), ["", "node_modules/cartenix"]);
    assert.equal(packages["node_modules/cartenix"]?.hasInstallScript, undefined);
    assert.ok(installedBytes <= MAX_BYTES, `${installedBytes} bytes`);
  });

  for (const [major, findNode] of Object.entries(NODES)) {
    describe(`on Node ${major}`, () => {
      let node: string;
      let run: (...args: string[]) => string;

      before(async () => {
        node = await findNode();
        run = (...args) => execFileSync(node, args, { cwd: project.folder, encoding: "utf8" });
        assert.match(run("--version"), new RegExp(`^v${major}\\.`));
      });

      it("runs the command", () => {
        const command = "node_modules/.bin/cartenix";
        assert.equal(run(command, "--version"), `${version}\n`);
        assert.match(run(command, "--help"), /^Usage: cartenix .*\blookup\b/s);
      });

      it("verifies what is in a store, as the first example does", async () => {
        // the chain runs in this process, which must not block meanwhile
        const { stdout } = await promisify(execFile)(
          node,
          [
            ...["node_modules/.bin/cartenix", "verify", "--recursive", "./result", "--store", "store"],
            ...["--rpc-url", rollup.chain.rpcUrl, "--trust", deployment.application],
          ],
          { cwd: project.folder },
        );
        assert.match(stdout, /^1 of 1 accepted\n/);
      });

      it("computes NAR hashes with nothing beside it", () => {
        assert.equal(run("hash.mjs"), "sha256-HDfQGvQL4ugGkd48w99EN3ppmvuxfGjwgJZLL9Bx/BM=\n");
      });

      it("imports every entry point, with the optional peers beside it", () => {
        assert.doesNotMatch(run("importAll.mjs"), /false/);
      });
    });
  }
});
