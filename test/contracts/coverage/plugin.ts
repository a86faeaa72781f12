import { globSync, readFileSync } from "node:fs";
import type { HardhatPlugin } from "hardhat/types/plugins";
import { type Branch, branchesOf } from "./branches.ts";

/** Percent of lines, and of branches, of `contracts/` that the tests must reach. */
const REQUIRED = 98;

/** Adds branches to Hardhat's coverage, and fails a run that does not cover enough. */
export const branchCoverage: HardhatPlugin = {
  id: "cartenix-branch-coverage",
  hookHandlers: {
    hre: async () => ({
      default: async () => ({
        created: async (context, hre) => {
          if (!context.globalOptions.coverage) {
            return;
          }
          const untaken = new Set(contractFiles().flatMap(branchesOf));
          const total = untaken.size;
          hre.hooks.registerHandlers("network", {
            onCoverageData: async (_context, tags) => remove(untaken, new Set(tags)),
          });
          hre.hooks.registerHandlers("test", {
            onTestRunDone: async (context, id, next) => {
              await next(context, id);
              report(total, [...untaken]);
            },
          });
        },
      }),
    }),
  },
};

function contractFiles(): string[] {
  return globSync("contracts/**/*.sol").filter((file) => !file.startsWith("contracts/test/"));
}

function remove(untaken: Set<Branch>, executed: ReadonlySet<string>): void {
  for (const branch of untaken) {
    if (branch.isTakenBy(executed)) {
      untaken.delete(branch);
    }
  }
}

function report(total: number, untaken: readonly Branch[]): void {
  for (const { file, line, outcome } of untaken) {
    console.log(`${file}:${line}: never ${outcome}`);
  }
  const branches = (100 * (total - untaken.length)) / total;
  const lines = lineCoverage();
  console.log(
    `Lines: ${lines.toFixed(2)} %. Branches (outcomes of if): ${branches.toFixed(2)} % of ${total}.`,
  );
  if (lines < REQUIRED || branches < REQUIRED) {
    console.error(`Less than ${REQUIRED} %.`);
    process.exitCode = 1;
  }
}

/** From the report that Hardhat just wrote. */
function lineCoverage(): number {
  const report = readFileSync("coverage/lcov.info", "utf8");
  const sum = (key: string) =>
    [...report.matchAll(new RegExp(`^${key}:(\\d+)$`, "gm"))].reduce(
      (total, match) => total + Number(match[1]),
      0,
    );
  return (100 * sum("LH")) / sum("LF");
}
