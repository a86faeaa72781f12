import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { CREATE2_DEPLOYER_ADDRESS } from "../../abi/index.ts";
import { fillFigures, PAGES_WITH_FIGURES } from "../../scripts/figures/fillFigures.ts";
import {
  contractAddresses,
  ROOT,
  readLocalDeployment,
  readTemplateHash,
} from "../../scripts/figures/sources.ts";

const readText = (file: string) => readFileSync(`${ROOT}${file}`, "utf8");

/** In the demo's output: the application's address depends on the template, the demo's epoch length and the deployer. */
const DEMO_APPLICATION = /(?<=application )0x[0-9a-fA-F]{40}(?=, registry)/;

describe("figures in the documentation", () => {
  for (const file of PAGES_WITH_FIGURES) {
    it(`are current in ${file} (npm run figures)`, () => {
      const page = readText(file);
      assert.equal(fillFigures(file, page), page);
    });
  }

  it("are the only hashes and addresses", () => {
    const known = new Set(
      [
        readTemplateHash(),
        CREATE2_DEPLOYER_ADDRESS,
        ...Object.values(contractAddresses()),
        ...Object.values(readLocalDeployment()),
      ].map(String),
    );
    const pages = execFileSync("git", ["ls-files", "-z", "*.md"], { cwd: ROOT, encoding: "utf8" });
    for (const file of pages.split("\0").filter(Boolean)) {
      const text = readText(file).replace(DEMO_APPLICATION, "");
      for (const [value] of text.matchAll(/\b0x(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40})\b/g)) {
        assert.ok(known.has(value), `${file} contains ${value}, which is in none of the sources`);
      }
    }
  });

  it("agree with the local deployment in the repository", () => {
    const { templateHash, registry, policyFactory } = readLocalDeployment();
    assert.deepEqual(
      { templateHash, registry, policyFactory },
      { templateHash: readTemplateHash(), ...contractAddresses() },
    );
  });
});
