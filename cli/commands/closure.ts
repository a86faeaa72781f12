import type { Command } from "commander";
import { findClosure, readFindings } from "../../client/index.ts";
import { formatAuthority, statusOfVerdict, worstStatus } from "../../trust/index.ts";
import { defineAction } from "../action.ts";
import { parseOnePath } from "../arguments.ts";
import { addConnectionOptions } from "../config/options.ts";
import { requireAuthority, requireIndexer } from "../config/requireSettings.ts";
import { resolveSettings } from "../config/resolveSettings.ts";
import { connect } from "../connect.ts";
import { exitCodeOf } from "../output/exitCodes.ts";
import { formatPaths } from "../output/formatPaths.ts";

const NOTE =
  "What refers to what is the indexer's word: it can leave something out. Whether a path is accepted is the chain's.";

export function addClosure(program: Command): void {
  const command = program
    .command("closure")
    .summary("all that an output refers to, and what the chain says of it")
    .description(
      "Asks an indexer for all that an output refers to, directly or not, and the chain for what is accepted of it. Nothing has to be on this computer; for what is, see verify --recursive.",
    )
    .argument("<path>", "a store path", parseOnePath)
    .addHelpText("after", "\nExample:\n  cartenix closure --network main /nix/store/…-hello-2.12.1");
  addConnectionOptions(command);
  defineAction(command, async ({ signal }, storePath: string) => {
    const settings = await resolveSettings(command);
    const authority = requireAuthority(settings);
    const url = requireIndexer(settings, "a closure");
    const { client, chainId, blockNumber } = await connect(settings, signal);
    const found = await findClosure({ url, signal }, { chainId, authority, storePath });
    const findings = await readFindings(client, {
      ...{ authority, registry: settings.registry.value, blockNumber },
      storePaths: found.map((member) => member.storePath),
    });
    const members = findings.map((finding, index) => ({
      ...{ ...finding, status: statusOfVerdict(finding.verdict) },
      references: found[index]!.references,
    }));
    const status = worstStatus(members.map((member) => member.status));
    const nodes = members.map((member) => ({ ...member, references: member.references ?? [] }));
    return {
      exitCode: exitCodeOf(status),
      text: `${formatPaths([storePath], nodes)}\n\n${NOTE}`,
      json: {
        ...{ status, chainId, blockNumber, authority: formatAuthority(authority) },
        referencesSource: "indexer",
        members,
      },
    };
  });
}
