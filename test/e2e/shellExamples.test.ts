import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, describe, it } from "mocha";
import { type DeployedChain, startDeployedChain, startLocalNode } from "../../demo/startStack.ts";
import { makeTemplate } from "../../machine/image/index.ts";
import { cachePath, silentProgress } from "../../support/index.ts";

const ROOT = join(import.meta.dirname, "../..");

/** A line is run here as it stands, but for the store path, and ends so; or another test does what it says. */
type Handling = { exit: number; typed?: string } | { elsewhere: string };

/** The second account of every local chain; the node uses the first. */
const SENDER_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
const PROMPTED = "y\n";
/** Whoever adds an example says here how it is tested. */
const PAGES: Readonly<Record<string, Readonly<Record<string, Handling>>>> = {
  "docs/your-own-package.md": {
    'alias cartenix="$PWD/node_modules/.bin/node $PWD/cli/main.ts"': { elsewhere: "test/cli/audit.test.ts" },
    "export CARTENIX_RPC_URL=… CARTENIX_NODE_URL=… CARTENIX_DEPLOYMENT=…": {
      elsewhere: "test/cli/config.test.ts",
    },
    "export CARTENIX_KEY=…": { elsewhere: "test/cli/submit.test.ts" },
    "cartenix cost default.nix": { exit: 0 },
    "cartenix submit --wait default.nix": { exit: 0, typed: PROMPTED },
    "cartenix lookup /nix/store/…-greeting": { exit: 0 },
    "cartenix status /nix/store/…-greeting": { exit: 0 },
    "cartenix log 1": { exit: 0 },
    "cartenix submit --wait default.nix --content ~/downloads": { elsewhere: "test/e2e/submit.test.ts" },
  },
  "docs/auditors.md": {
    "cartenix lookup --network main /nix/store/…-hello-2.12.1": { exit: 0 },
    "cartenix show --network main /nix/store/…-hello-2.12.1": { exit: 0 },
    "cartenix prove --network main /nix/store/…-hello-2.12.1 --output hello.proof.json": { exit: 0 },
    "cartenix verify --proof hello.proof.json --offline": { exit: 0 },
    "npm run template -- --again": { elsewhere: "test/image/template.test.ts" },
    "npm run cartenix -- audit --network main": { exit: 0 },
  },
  "docs/cartenix.md": {
    "cartenix lookup --network main /nix/store/mm0z4kl1xwwnaf6w28s6qw7yqx4hch2c-greet": { exit: 0 },
    "cartenix verify --network main --recursive ./result": { elsewhere: "test/cli/verify.test.ts" },
    "cartenix serve --network main": { elsewhere: "test/cli/serve.test.ts" },
    "cartenix submit --network local --key-file key.txt --wait default.nix -A hello": {
      elsewhere: "test/e2e/submit.test.ts",
    },
  },
  "docs/nix-users.md": {
    "cartenix serve": { elsewhere: "test/cli/serve.test.ts" },
    "cartenix use": { exit: 0, typed: PROMPTED },
    "sudo cartenix use --file /etc/nix/nix.conf --cache-key-file ~/.config/cartenix/cache.key": {
      elsewhere: "test/cli/use.test.ts",
    },
    "nix-store --realise /nix/store/…-hello-2.12.1": { elsewhere: "test/cli/serve.test.ts" },
    "cartenix verify --recursive /nix/store/…-hello-2.12.1": { elsewhere: "test/cli/verify.test.ts" },
  },
  "docs/operators.md": {
    "npm run template": { elsewhere: "test/image/template.test.ts" },
    "npx hardhat node &": { elsewhere: "test/contracts/deployTask.test.ts" },
    "npx hardhat deploy --network localhost --dry-run": { elsewhere: "test/contracts/deployTask.test.ts" },
    "npx hardhat deploy --network localhost": { elsewhere: "test/contracts/deployTask.test.ts" },
    "npm run cartenix -- node --deployment deploy/chains/31337.json --template FOLDER --claimer-key-file claimer.key --execute &":
      { elsewhere: "test/node/cli.test.ts" },
    'echo \'{ "chains": [{ "rpcUrls": ["http://127.0.0.1:8545"], "deployments": ["deploy/chains/31337.json"] }] }\' > indexer.json':
      { exit: 0 },
    "npm run cartenix -- indexer indexer.json &": { elsewhere: "test/indexer/operating.test.ts" },
    "npm run cartenix -- doctor --deployment deploy/chains/31337.json --node-url http://127.0.0.1:10011 --indexer-url http://127.0.0.1:10012":
      { elsewhere: "test/cli/doctor.test.ts" },
  },
  "README.md": {
    "npm run demo   # a Nix derivation → the machine → a voucher → the chain → GraphQL, on this computer": {
      elsewhere: "test/e2e/demo.test.ts",
    },
    "npm test       # all tests, with the real machine, the real Nix, the real contracts": {
      elsewhere: "test/prepare.ts",
    },
    "npx cartenix verify --recursive ./result": { elsewhere: "test/published/node.test.ts" },
  },
};

/** The lines of a page's shell examples. */
function examplesOf(page: string): string[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block]) => block!.trimEnd().split("\n"));
}

describe("the documentation's shell examples", function () {
  this.timeout(300_000);
  let running: AsyncDisposableStack;
  let folder: string;
  let environment: Record<string, string>;
  let built: string;

  before(async () => {
    running = new AsyncDisposableStack();
    folder = await mkdtemp(join(tmpdir(), "cartenix-examples-"));
    running.defer(() => rm(folder, { recursive: true, force: true }));
    const signal = new AbortController().signal;
    const template = await makeTemplate({ progress: silentProgress });
    const chain = await startDeployedChain(template, folder, running, signal);
    const { node } = await startLocalNode(chain, template, folder, running, { execute: true, signal });
    environment = await writeHome(chain, node.url);
    await writeFile(join(folder, "default.nix"), packageOf("docs/your-own-package.md"));
  });

  after(() => running?.[Symbol.asyncDispose]());

  /** A home in which `cartenix` is the repository's, and the networks of the documentation are the local chain. */
  async function writeHome({ chain, deploymentFile }: DeployedChain, nodeUrl: string) {
    const network = { rpcUrls: [chain.rpcUrl], deployment: deploymentFile, node: nodeUrl };
    await mkdir(join(folder, ".config", "cartenix"), { recursive: true });
    await writeFile(
      join(folder, ".config", "cartenix", "config.json"),
      JSON.stringify({ network: "main", networks: { main: network, local: network } }),
    );
    const bin = join(folder, "bin");
    await mkdir(bin);
    const command = `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, "cli/main.ts")}' "$@"\n`;
    await writeFile(join(bin, "cartenix"), command);
    await chmod(join(bin, "cartenix"), 0o755);
    return {
      ...{ HOME: folder, CARTENIX_CACHE: cachePath(), TERM: "xterm", CARTENIX_KEY: SENDER_KEY },
      PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter),
    };
  }

  /** The first Nix expression on a page. */
  function packageOf(page: string): string {
    return /^```nix\n(.*?)^```$/ms.exec(readFileSync(join(ROOT, page), "utf8"))![1]!;
  }

  /** Runs a line in a terminal. */
  async function run(line: string, typed: string | undefined) {
    const words = line
      .replace("npm run cartenix --", "cartenix")
      .replaceAll(/\/nix\/store\/\S+/g, built ?? "/nix/store/none");
    const child = spawn("script", ["-qefc", words, "/dev/null"], {
      ...{ cwd: folder, env: environment },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let shown = "";
    let hasTyped = false;
    child.stdout.on("data", (piece: Buffer) => {
      shown += piece;
      if (typed !== undefined && !hasTyped && /\[y\/N\]|\?\s*$/.test(shown)) {
        hasTyped = true;
        child.stdin.write(typed);
      }
    });
    const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { exitCode, shown };
  }

  for (const [page, lines] of Object.entries(PAGES)) {
    describe(page, () => {
      it("has no other examples", () => {
        assert.deepEqual(new Set(examplesOf(page)), new Set(Object.keys(lines)));
      });

      for (const [line, handling] of Object.entries(lines)) {
        it(`$ ${line}`, async () => {
          if ("elsewhere" in handling) {
            assert.ok(existsSync(join(ROOT, handling.elsewhere)), handling.elsewhere);
            return;
          }
          const { exitCode, shown } = await run(line, handling.typed);
          assert.equal(exitCode, handling.exit, shown);
          built ??= /\/nix\/store\/[0-9a-z]{32}-greeting(?=\s)/.exec(shown)?.[0] as string;
        });
      }
    });
  }
});
