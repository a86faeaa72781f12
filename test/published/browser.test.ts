import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { after, before, describe, it } from "mocha";
import { createWalletClient, http } from "viem";
import { buildRegistryAbi } from "../../abi/index.ts";
import { deployLocal, type LocalChain, startLocalChain } from "../../deploy/index.ts";
import { formatHash, HASH_ALGORITHMS, hashBytes, narHash } from "../../nix/index.ts";
import { stageCartenix } from "../../scripts/packages/stageCartenix.ts";
import { ROOT } from "../../scripts/packages/stagePackage.ts";
import { helloOutput } from "../contracts/support/sampleOutputs.ts";
import { resultOfPage } from "./support/chromium.ts";
import { type StrangersProject, startProject } from "./support/strangersProject.ts";

const HTML = '<!doctype html><script type="module" src="/page.js"></script>';

/** What the page does, and posts. */
const PAGE = `import { agreeingTransport, boundedHttp, CartenixError, lookUp, parseAuthority, readFindings } from "cartenix";
import { formatHash, HASH_ALGORITHMS, hashBytes, narHash, narHashAsync } from "cartenix/nix";
import { createPublicClient } from "viem";

const { rpcUrl, registry, application, storePath } = QUESTION;
const tree = await fetch("/tree.nar");
const { sha256, size } = await narHashAsync(tree.body);
const bytes = new TextEncoder().encode("hello");
const endpoint = { name: rpcUrl, transport: boundedHttp(rpcUrl) };
const publicClient = createPublicClient({ transport: agreeingTransport([endpoint, endpoint]) });
const blockNumber = await publicClient.getBlockNumber();
const record = await lookUp({ publicClient, registry, application, storePath });
const authority = parseAuthority(application);
const findings = await readFindings(publicClient, { authority, registry, storePaths: [storePath, storePath + "-dev"], blockNumber });

function refusalOf(nar) {
  try {
    narHash(nar);
  } catch (error) {
    return error instanceof CartenixError ? error.code : String(error);
  }
}

export const result = {
  tree: [formatHash({ algorithm: "sha256", digest: sha256 }, "sri"), size],
  hashes: HASH_ALGORITHMS.map((algorithm) => formatHash(hashBytes(algorithm, bytes), "sri")),
  refusal: refusalOf(bytes),
  narHash: record?.narHash,
  verdicts: findings.map(({ verdict }) => verdict),
};
`;

const MAIN = `import("./page.mjs")
  .then(({ result }) => result, (error) => ({ error: String(error?.stack ?? error) }))
  .then((result) => fetch("/result", { method: "POST", body: JSON.stringify(result) }));
`;

describe("The package cartenix, in Chromium", function () {
  this.timeout(300_000); // the first time, Chromium comes from npm

  const output = helloOutput();
  const tree = readFileSync(join(ROOT, "test/nix/golden/tree.nar"));
  let project: StrangersProject;
  let chain: LocalChain;
  let result: unknown;

  before(async () => {
    [project, chain] = await Promise.all([startProject(stageCartenix), startLocalChain()]);
    project.link("viem");
    const { registry } = await deployLocal({
      rpcUrl: chain.rpcUrl,
      templateHash: `0x${"01".repeat(32)}`,
      epochLength: 5,
    });
    const application = await record(chain, registry);
    project.write({ "page.mjs": PAGE, "main.mjs": MAIN });
    const { outputFiles } = await build({
      absWorkingDir: project.folder,
      entryPoints: ["main.mjs"],
      define: {
        QUESTION: JSON.stringify({
          rpcUrl: chain.rpcUrl,
          registry,
          application,
          storePath: output.storePath,
        }),
      },
      bundle: true,
      platform: "browser",
      format: "esm",
      write: false,
      logLevel: "silent",
    });
    result = await resultOfPage({
      "/": { type: "text/html", body: HTML },
      "/page.js": { type: "text/javascript", body: outputFiles[0]!.text },
      "/tree.nar": { type: "application/x-nix-nar", body: tree },
    });
  });

  after(async () => {
    await chain?.stop();
    project?.remove();
  });

  async function record({ rpcUrl }: LocalChain, registry: `0x${string}`) {
    const wallet = createWalletClient({ transport: http(rpcUrl) });
    const [account] = await wallet.getAddresses();
    await wallet.writeContract({
      address: registry,
      abi: buildRegistryAbi,
      functionName: "record",
      args: [5n, [output]],
      account: account!,
      chain: null,
    });
    return account!;
  }

  it("looks a record up, hashes a NAR as it comes, and refuses a malformed one", () => {
    const { sha256, size } = narHash(tree);
    assert.deepEqual(result, {
      tree: [formatHash({ algorithm: "sha256", digest: sha256 }, "sri"), size],
      hashes: HASH_ALGORITHMS.map((algorithm) =>
        formatHash(hashBytes(algorithm, new TextEncoder().encode("hello")), "sri"),
      ),
      refusal: "NAR_FORMAT",
      narHash: output.narHash,
      verdicts: ["accepted", "notRecorded"],
    });
  });
});
