import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { after, before, describe, it } from "mocha";
import { formatHash, HASH_ALGORITHMS, hashBytes, narHash } from "../../nix/index.ts";
import { formatNarHash } from "../../protocol/index.ts";
import { stageCartenix } from "../../scripts/packages/stageCartenix.ts";
import { ROOT } from "../../scripts/packages/stagePackage.ts";
import { claimAndExecute } from "../client/support/claimAndExecute.ts";
import { helloOutput } from "../contracts/support/sampleOutputs.ts";
import { type Rollup, startRollup } from "../indexer/support/startRollup.ts";
import { resultOfPage } from "./support/chromium.ts";
import { type StrangersProject, startProject } from "./support/strangersProject.ts";

const HTML = '<!doctype html><script type="module" src="/page.js"></script>';

/** What the page does, and posts. */
const PAGE = `import {
  agreeingTransport,
  boundedHttp,
  CartenixError,
  checkClaims,
  formatProof,
  lookUp,
  parseAuthority,
  parseProof,
  proveBuild,
  readFindings,
  verifyProof,
} from "cartenix";
import { formatHash, HASH_ALGORITHMS, hashBytes, narHash, narHashAsync } from "cartenix/nix";
import { createPublicClient } from "viem";

const { rpcUrl, registry, registryBlock, application, storePath } = QUESTION;
const tree = await fetch("/tree.nar");
const { sha256, size } = await narHashAsync(tree.body);
const bytes = new TextEncoder().encode("hello");
const endpoint = { name: rpcUrl, transport: boundedHttp(rpcUrl) };
const publicClient = createPublicClient({ transport: agreeingTransport([endpoint, endpoint]) });
const blockNumber = await publicClient.getBlockNumber();
const record = await lookUp({ publicClient, registry, application, storePath });
const authority = parseAuthority(application);
const findings = await readFindings(publicClient, { authority, registry, storePaths: [storePath, storePath + "-dev"], blockNumber });
const fromBlock = BigInt(registryBlock);
const proof = formatProof(await proveBuild(publicClient, { application, registry, storePath, fromBlock }));
await checkClaims(publicClient, parseProof(proof), blockNumber);

function refusalOf(work) {
  try {
    work();
  } catch (error) {
    return error instanceof CartenixError ? error.code : String(error);
  }
}

export const result = {
  tree: [formatHash({ algorithm: "sha256", digest: sha256 }, "sri"), size],
  hashes: HASH_ALGORITHMS.map((algorithm) => formatHash(hashBytes(algorithm, bytes), "sri")),
  refusal: refusalOf(() => narHash(bytes)),
  narHash: record?.narHash,
  verdicts: findings.map(({ verdict }) => verdict),
  proven: verifyProof(parseProof(proof)).narHash,
  forged: refusalOf(() => verifyProof(parseProof(proof.replaceAll(storePath, storePath + "-x")))),
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
  let rollup: Rollup;
  let result: unknown;

  before(async () => {
    [project, rollup] = await Promise.all([startProject(stageCartenix), startRollup()]);
    project.link("viem");
    const deployment = await rollup.deploy();
    await claimAndExecute(rollup, deployment, [output]);
    const { application, registry, registryBlock } = deployment;
    project.write({ "page.mjs": PAGE, "main.mjs": MAIN });
    const { outputFiles } = await build({
      absWorkingDir: project.folder,
      entryPoints: ["main.mjs"],
      define: {
        QUESTION: JSON.stringify({
          rpcUrl: rollup.chain.rpcUrl,
          registry,
          application,
          registryBlock,
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
    await rollup?.stop();
    project?.remove();
  });

  it("looks records up and judges them, proves a build, and hashes a NAR as it comes", () => {
    const { sha256, size } = narHash(tree);
    assert.deepEqual(result, {
      tree: [formatHash({ algorithm: "sha256", digest: sha256 }, "sri"), size],
      hashes: HASH_ALGORITHMS.map((algorithm) =>
        formatHash(hashBytes(algorithm, new TextEncoder().encode("hello")), "sri"),
      ),
      refusal: "NAR_FORMAT",
      narHash: output.narHash,
      verdicts: ["accepted", "notRecorded"],
      proven: formatNarHash(output.narHash),
      forged: "PROOF_DAMAGED",
    });
  });
});
