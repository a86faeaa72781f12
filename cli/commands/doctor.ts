import type { Command } from "commander";
import { defineAction } from "../action.ts";
import { addConnectionOptions } from "../config/options.ts";
import { resolveSettings, type Settings } from "../config/resolveSettings.ts";
import { connect } from "../connect.ts";
import { checkComputer } from "../doctor/checkComputer.ts";
import { checkContracts } from "../doctor/checkContracts.ts";
import { checkEndpoints } from "../doctor/checkEndpoints.ts";
import { type CheckResult, check } from "../doctor/checkResult.ts";
import { checkServices } from "../doctor/checkServices.ts";
import { worstExitCode } from "../output/exitCodes.ts";

const MARKS = { fine: "✓", wrong: "✗", "not checked": "–" } as const satisfies Record<
  CheckResult["state"],
  string
>;

export function addDoctor(program: Command): void {
  const command = program
    .command("doctor")
    .summary("find out what is missing or wrong")
    .description(
      "Looks at this computer, the configuration, each endpoint (and which of them contradicts the others), the contracts, the application's template, node, indexer and caches.",
    )
    .addHelpText("after", "\nExample:\n  cartenix doctor --network main");
  addConnectionOptions(command);
  defineAction(command, async ({ signal }) => {
    const settings = await resolveSettings(command);
    const results = [
      ...(await checkComputer()),
      ...(await checkEndpoints(settings, signal)),
      ...(await checkChain(settings, signal)),
      ...(await checkServices(settings, signal)),
    ];
    return {
      exitCode: worstExitCode(results.map(({ exitCode }) => exitCode)),
      text: results.map(format).join("\n"),
      json: { checks: results },
    };
  });
}

function checkChain(settings: Settings, signal: AbortSignal): Promise<CheckResult[]> {
  return check("contracts", async () => checkContracts(settings, await connect(settings, signal)));
}

function format({ name, state, text, remedy }: CheckResult): string {
  const line = `${MARKS[state]} ${name}: ${text}`;
  return remedy === undefined ? line : `${line}\n  what to do: ${remedy}`;
}
