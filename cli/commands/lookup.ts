import type { Command } from "commander";
import { formatAuthority, worstStatus } from "../../trust/index.ts";
import { defineAction } from "../action.ts";
import { addConnectionOptions } from "../config/options.ts";
import { requireAuthority } from "../config/requireSettings.ts";
import { resolveSettings } from "../config/resolveSettings.ts";
import { connect } from "../connect.ts";
import { bestStatus, lookUpSubjects } from "../lookUpSubjects.ts";
import { exitCodeOf } from "../output/exitCodes.ts";
import { formatAnswer } from "../output/formatAnswer.ts";
import { parseSubject, type Subject } from "../subject.ts";

export function addLookup(program: Command): void {
  const command = program
    .command("lookup")
    .summary("ask the chain for the accepted hash of store paths")
    .description(
      "Asks the chain what an application or a policy says of store paths, outputs of derivations (….drv, ….drv^dev) and NAR hashes. It asks the contracts themselves; an indexer only finds the paths of a hash.",
    )
    .argument(
      "<subject...>",
      "store paths, derivations, NAR hashes, or the 32 characters before a path's name",
      parseSubject,
    )
    .addHelpText(
      "after",
      `
Examples:
  cartenix lookup --trust policy:0x5FbDB2315678afecb367f032d93F642f64180aa3 /nix/store/…-hello-2.12.1
  cartenix lookup --network main --json /nix/store/…-hello-2.12.1 | jq -r '.findings[].narHash'
  cartenix lookup --network main '/nix/store/…-hello-2.12.1.drv^out'
  cartenix lookup --network main --indexer-url https://indexer.example sha256-…=`,
    );
  addConnectionOptions(command);
  defineAction(command, async ({ signal }, subjects: Subject[]) => {
    const settings = await resolveSettings(command);
    const authority = requireAuthority(settings);
    const connection = await connect(settings, signal);
    const answers = await lookUpSubjects(subjects, { settings, connection, signal });
    const status = worstStatus(answers.map(bestStatus));
    const { chainId, blockNumber } = connection;
    return {
      exitCode: exitCodeOf(status),
      text: answers.flat().map(formatAnswer).join("\n"),
      json: { status, chainId, blockNumber, authority: formatAuthority(authority), findings: answers.flat() },
    };
  });
}
