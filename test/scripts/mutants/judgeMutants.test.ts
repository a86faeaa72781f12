import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "mocha";
import { Contracts } from "../../../scripts/mutants/contracts.ts";
import type { Mutant } from "../../../scripts/mutants/generateMutants.ts";
import { judgeMutants } from "../../../scripts/mutants/judgeMutants.ts";
import { MutantsError } from "../../../scripts/mutants/mutantsError.ts";
import { readTestTable, type TestTable } from "../../../scripts/mutants/testTable.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PROBE = "contracts/test/NixPathProbe.sol";
const NIX_PATH = "contracts/libraries/NixPath.sol";

/** A mutant of a file of this project, made by hand. */
function mutant(file: string, original: string | RegExp, mutated: string): Mutant {
  const text = readFileSync(`${ROOT}${file}`, "utf8");
  const source = text.replace(original, mutated);
  assert.notEqual(source, text);
  return { file, line: 1, within: "", operator: "drop", original: String(original), mutated, source };
}

describe("npm run mutants: which ones live", function () {
  this.timeout(600_000);
  const { TMPDIR } = process.env;
  let temporary: string;
  let contracts: Contracts;
  let tests: TestTable;

  before(async () => {
    contracts = await Contracts.build();
    tests = await readTestTable(ROOT, contracts.all);
    temporary = mkdtempSync(join(tmpdir(), "cartenix-judge-"));
    process.env.TMPDIR = temporary;
  });

  after(() => {
    if (TMPDIR === undefined) {
      delete process.env.TMPDIR;
    } else {
      process.env.TMPDIR = TMPDIR;
    }
    rmSync(temporary, { recursive: true });
  });

  async function judge(testFile: string, mutants: readonly Mutant[], signal = new AbortController().signal) {
    const table = new Map([[testFile, tests.get(testFile) ?? new Set(contracts.all)]]);
    const setting = { root: ROOT, contracts, tests: table, signal, onJudged: () => {} };
    return (await judgeMutants(mutants, setting)).map(({ outcome }) => outcome);
  }

  it("kills what a test of the contract notices, and tells the rest apart", async () => {
    const testFile = "test/contracts/nixPath.test.ts";
    const mutants = [
      mutant(NIX_PATH, "if (length == 0 || length > MAX_NAME_LENGTH) return false;", ""),
      mutant(PROBE, /}\s*$/, "function more() external pure returns (uint256) { return 7; } }"),
      mutant("contracts/test/Greeter.sol", "count += by;", ""),
      mutant(NIX_PATH, "uint256 length", "uint256  length"),
      mutant(NIX_PATH, "uint256 length", "uint256 width"),
    ];
    assert.deepEqual(await judge(testFile, mutants), [
      { outcome: "killed", by: testFile },
      { outcome: "lives" },
      // This test file does not deploy it.
      { outcome: "lives" },
      { outcome: "same code" },
      { outcome: "does not compile" },
    ]);
  });

  it("changes the committed creation code, too", async () => {
    const testFile = "test/contracts/voucher.test.ts";
    const killed = mutant("contracts/BuildRegistry.sol", /function record\([^{]*\{/, "$& revert();");
    assert.deepEqual(await judge(testFile, [killed]), [{ outcome: "killed", by: testFile }]);
  });

  it("says so when a test fails without a mutant", async () => {
    const change = mutant(NIX_PATH, "return false;", "return true;");
    await assert.rejects(
      judge("test/contracts/missing.test.ts", [change]),
      (error) =>
        error instanceof MutantsError && /missing\.test\.ts fails without a mutant/.test(error.message),
    );
  });

  it("stops when the time is over, and leaves no copy of the project", async () => {
    const change = mutant(NIX_PATH, "return false;", "return true;");
    const started = performance.now();
    const outcomes = await judge(
      "test/contracts/nixPath.test.ts",
      [change, change, change],
      AbortSignal.timeout(500),
    );
    assert.deepEqual(
      outcomes,
      [change, change, change].map(() => ({ outcome: "not reached" })),
    );
    assert.ok(performance.now() - started < 60_000);
    assert.deepEqual(readdirSync(temporary), []);
  });

  it("finds for each contract with code a test file that deploys it", () => {
    for (const file of contracts.trees.keys()) {
      const deployable = contracts.all.filter(
        ({ files, bytecode }) => files.has(file) && bytecode.length > 400,
      );
      const isTested = [...tests.values()].some((used) => deployable.some((contract) => used.has(contract)));
      assert.ok(deployable.length === 0 || isTested, file);
    }
  });
});
