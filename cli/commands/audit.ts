import type { Command } from "commander";
import { defineAction } from "../action.ts";
import { addConnectionOptions } from "../config/options.ts";
import { loadOperatorParts } from "../loadOperatorParts.ts";

export function addAudit(program: Command): void {
  const command = program
    .command("audit")
    .summary("run an application's machine again, and compare every claim (repository only)")
    .description(
      "Runs all inputs of an application again, from its template, and compares every claim that was submitted for it with what the machine computes here. It ends with 1 if one is wrong. What was computed is kept: an interrupted audit goes on where it was.",
    )
    .option(
      "--template <folder>",
      "the application's template; by default the one that this repository makes",
    )
    .option("--data <folder>", "where results are kept; by default in the cache")
    .addHelpText(
      "after",
      "\nExample:\n  cartenix audit --deployment deploy/chains/1.json --rpc-url https://rpc.example",
    );
  addConnectionOptions(command);
  defineAction(command, async (context) => (await loadOperatorParts()).runAudit(context));
}
