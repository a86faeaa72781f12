import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "mocha";
import { stageCartenix } from "../../scripts/packages/stageCartenix.ts";
import { type StrangersProject, startProject } from "./support/strangersProject.ts";

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");

/** A project without Node's types. */
const FOR_BROWSERS = `import { lookUp, type OutputRecord, registryAddress } from "cartenix";
import { type NarHash, narHash } from "cartenix/nix";
import { createPublicClient, http } from "viem";

const publicClient = createPublicClient({ transport: http("http://127.0.0.1:8545") });
const application = "0x0000000000000000000000000000000000000001";
const parameters = { publicClient, registry: registryAddress(), application, storePath: "/nix/store/x" } as const;
export const record: OutputRecord | undefined = await lookUp(parameters);
export const hash: NarHash = narHash(new Uint8Array());
// @ts-expect-error
export const text: string = hash.sha256;
// @ts-expect-error
await lookUp({ ...parameters, application: 1 });
`;

const FOR_NODE = `import { type PreparedBuild, prepareBuild, silentProgress } from "cartenix/requests";
import { hashPath } from "cartenix/store";
import { cacheNars, createSubstituter, openNarFiles } from "cartenix/substituter";

const files = await openNarFiles("nars", { maxBytes: 1e9 });
const sources = [cacheNars("https://cache.example")];
export const app = createSubstituter({ findAccepted: async () => undefined, sources, files });
export const path: Parameters<typeof hashPath>[0] = "/nix/store/x";
// @ts-expect-error
createSubstituter({ sources, files });
export const build: PreparedBuild = await prepareBuild({ drvPath: "/nix/store/x.drv", progress: silentProgress });
// @ts-expect-error
await prepareBuild({ progress: silentProgress });
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

const OPTIONS = [
  "--ignoreConfig",
  "--noEmit",
  "--strict",
  "--exactOptionalPropertyTypes",
  "--target",
  "es2022",
];

const RESOLUTIONS = {
  nodenext: ["--module", "nodenext"],
  bundler: ["--module", "esnext", "--moduleResolution", "bundler"],
};

describe("The types of the package cartenix, in somebody else's strict project", function () {
  this.timeout(300_000);
  let project: StrangersProject;

  before(async () => {
    project = await startProject(stageCartenix);
    project.link("@ponder/client", "@types/node", "drizzle-orm", "hono", "ponder", "undici-types", "viem");
    project.write({ "forBrowsers.ts": FOR_BROWSERS, "forNode.ts": FOR_NODE, "query.ts": QUERY });
  });

  after(() => project?.remove());

  for (const [resolution, options] of Object.entries(RESOLUTIONS)) {
    it(`are right with ${resolution} resolution, without Node's types`, () => {
      assert.deepEqual(errorsIn("forBrowsers.ts", [...options, "--lib", "es2022,dom", "--types", ""]), []);
    });

    it(`are right with ${resolution} resolution, for what needs Node`, () => {
      assert.deepEqual(
        errorsIn("forNode.ts", [...options, "--lib", "es2023,esnext.disposable", "--types", "node"]),
        [],
      );
    });
  }

  it("gives @ponder/client the types of the indexer's tables", () => {
    const options = [...RESOLUTIONS.nodenext, "--lib", "es2023,dom", "--types", "node", "--skipLibCheck"];
    assert.deepEqual(errorsIn("query.ts", options), []);
    const sql = execFileSync(process.execPath, ["query.ts"], { cwd: project.folder, encoding: "utf8" });
    assert.match(sql, /^select "store_path", "nar_size" from "output"$/m);
  });

  /** The compiler's errors in the stranger's files and ours; those of other packages are none of our business. */
  function errorsIn(file: string, options: readonly string[]): string[] {
    const { stdout } = spawnSync(process.execPath, [tsc, ...OPTIONS, ...options, file], {
      cwd: project.folder,
      encoding: "utf8",
    });
    const lines = stdout.split("\n").filter((line) => line.includes(": error TS"));
    return lines.filter((line) => !line.includes("node_modules/") || line.includes("node_modules/cartenix/"));
  }
});
