import type { Command } from "commander";
import { readFindings } from "../../client/index.ts";
import { formatAuthority, statusOfVerdict, worstStatus } from "../../trust/index.ts";
import { defineAction } from "../action.ts";
import { parsePath } from "../arguments.ts";
import { addConnectionOptions } from "../config/options.ts";
import { requireAuthority } from "../config/requireSettings.ts";
import { resolveSettings } from "../config/resolveSettings.ts";
import { connect } from "../connect.ts";
import { exitCodeOf } from "../output/exitCodes.ts";
import { formatFinding } from "../output/formatFinding.ts";

export function addLookup(program: Command): void {
  const command = program
    .command("lookup")
    .summary("ask the chain for the accepted hash of store paths")
    .description(
      "Asks the chain what an application or a policy says of store paths. It asks the contracts themselves, never an indexer.",
    )
    .argument("<path...>", "store paths", parsePath)
    .addHelpText(
      "after",
      `
Examples:
  cartenix lookup --trust policy:0x5FbDB2315678afecb367f032d93F642f64180aa3 /nix/store/…-hello-2.12.1
  cartenix lookup --network main --json /nix/store/…-hello-2.12.1 | jq -r '.findings[].narHash'`,
    );
  addConnectionOptions(command);
  defineAction(command, async ({ signal }, storePaths: string[]) => {
    const settings = await resolveSettings(command);
    const authority = requireAuthority(settings);
    const { client, chainId, blockNumber } = await connect(settings, signal);
    const registry = settings.registry.value;
    const findings = await readFindings(client, { authority, registry, storePaths, blockNumber });
    const answers = findings.map((finding) => ({ status: statusOfVerdict(finding.verdict), ...finding }));
    const status = worstStatus(answers.map((answer) => answer.status));
    return {
      exitCode: exitCodeOf(status),
      text: answers.map(formatFinding).join("\n"),
      json: { status, chainId, blockNumber, authority: formatAuthority(authority), findings: answers },
    };
  });
}
