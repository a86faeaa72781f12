import addCompletion from "@bomb.sh/tab/commander";
import { Command } from "commander";
import { addAudit } from "./commands/audit.ts";
import { addClosure } from "./commands/closure.ts";
import { addConfig } from "./commands/config.ts";
import { addCost } from "./commands/cost.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addFetch } from "./commands/fetch.ts";
import { addLog } from "./commands/log.ts";
import { addLookup } from "./commands/lookup.ts";
import { addOperatorCommands } from "./commands/operator.ts";
import { addPolicy } from "./commands/policy.ts";
import { addProve } from "./commands/prove.ts";
import { addRebuild } from "./commands/rebuild.ts";
import { addServe } from "./commands/serve.ts";
import { addShow } from "./commands/show.ts";
import { addStatus } from "./commands/status.ts";
import { addSubmit } from "./commands/submit.ts";
import { addUnuse } from "./commands/unuse.ts";
import { addUse } from "./commands/use.ts";
import { addVerify } from "./commands/verify.ts";
import { EXIT_CODES } from "./output/exitCodes.ts";

const COMMANDS: readonly ((program: Command) => void)[] = [
  addVerify,
  addLookup,
  addClosure,
  addPolicy,
  addShow,
  addProve,
  addAudit,
  addFetch,
  addServe,
  addUse,
  addUnuse,
  addSubmit,
  addCost,
  addStatus,
  addLog,
  addRebuild,
  addConfig,
  addDoctor,
  addOperatorCommands,
];

/** The command line `cartenix`. */
export function createProgram(version: string): Command {
  const program = new Command("cartenix")
    .description(
      "Checks, fetches and builds Nix store paths whose hashes a computer stands for that anyone can check, instead of a cache's key.",
    )
    .version(version)
    .showSuggestionAfterError()
    .addHelpText(
      "after",
      `\nExit codes:\n${EXIT_CODES.map(([code, meaning]) => `  ${String(code).padStart(3)}  ${meaning}`).join("\n")}`,
    )
    .exitOverride();
  for (const add of COMMANDS) {
    add(program);
  }
  addCompletion(program, { completionCommandName: "completion" });
  return program;
}
