import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { hostPackages, hostTool } from "../../machine/packages/index.ts";
import { findNamespaces } from "../../machine/toolbox/index.ts";
import { USAGE_EXIT_CODE } from "../output/exitCodes.ts";
import { type CheckResult, check, fine, notChecked, wrong } from "./checkResult.ts";

const MIN_NODE = 20;

const run = promisify(execFile);

/** What this computer has: Node, Nix, and what evaluating an expression without Nix needs. */
export async function checkComputer(): Promise<CheckResult[]> {
  return [
    checkNode(process.versions.node),
    await checkNix(),
    ...(await check("evaluator", async () => {
      hostPackages();
      await hostTool("xz", "xz-utils");
      await findNamespaces();
      return fine("evaluator", "expressions can be evaluated here without Nix");
    })),
  ];
}

function checkNode(version: string): CheckResult {
  return Number(version.split(".")[0]) >= MIN_NODE
    ? fine("node", `Node ${version}`)
    : wrong("node", `Node ${version} is too old`, USAGE_EXIT_CODE, `install Node ${MIN_NODE} or later`);
}

/** Most commands need no Nix. */
async function checkNix(): Promise<CheckResult> {
  try {
    const { stdout } = await run("nix", ["--version"], { timeout: 10_000 });
    return fine("nix", stdout.trim().slice(0, 80));
  } catch {
    return notChecked(
      "nix",
      "no Nix is installed: `verify` and `submit` do without, `use` is for those who have it",
    );
  }
}
