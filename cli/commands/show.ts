import type { Command } from "commander";
import { type Address, type Client, isAddressEqual } from "viem";
import {
  describeOutput,
  type MachineAt,
  type OutputDescription,
  printableText,
  readApplications,
  readFindings,
} from "../../client/index.ts";
import { formatAuthority, statusOfVerdict } from "../../trust/index.ts";
import { defineAction } from "../action.ts";
import { parseOnePath } from "../arguments.ts";
import { machineOf } from "../config/machineOf.ts";
import { addConnectionOptions } from "../config/options.ts";
import { requireAuthority } from "../config/requireSettings.ts";
import { resolveSettings, type Settings } from "../config/resolveSettings.ts";
import { connect } from "../connect.ts";
import { askAboutInput, type NodesWord } from "../nodesWord.ts";
import { exitCodeOf } from "../output/exitCodes.ts";
import { formatFinding } from "../output/formatFinding.ts";
import { PINNED_TEMPLATE_HASH } from "../pinnedTemplate.ts";

/** What is known of a path that one application recorded. */
interface Shown extends OutputDescription {
  /** Whether the application's template is the one that this version makes. */
  isPinnedTemplate: boolean;
  /** Nothing proves it; `null` where no node was asked or none answered. */
  node: NodesWord | null;
}

export function addShow(program: Command): void {
  const command = program
    .command("show")
    .summary("show all that chain and node know of a store path")
    .description(
      "Shows what each application that is believed recorded for a store path: hashes, when, in which transaction, for which request, and what the voucher says of the output. What a node says of the request is marked.",
    )
    .argument("<path>", "store path", parseOnePath)
    .addHelpText("after", "\nExample:\n  cartenix show --network main /nix/store/…-hello-2.12.1");
  addConnectionOptions(command);
  defineAction(command, async ({ signal }, storePath: string) => {
    const settings = await resolveSettings(command);
    const authority = requireAuthority(settings);
    const { client, chainId, blockNumber } = await connect(settings, signal);
    const registry = settings.registry.value;
    const [finding] = await readFindings(client, {
      authority,
      registry,
      storePaths: [storePath],
      blockNumber,
    });
    const applications = await readApplications(client, { authority, blockNumber });
    const all = await Promise.all(
      applications.map((application) =>
        showApplication(client, { application, settings, storePath, blockNumber, signal }),
      ),
    );
    const status = statusOfVerdict(finding!.verdict);
    return {
      exitCode: exitCodeOf(status),
      text: [formatFinding({ ...finding!, status }), ...all.flatMap(formatShown)].join("\n"),
      json: {
        ...{ status, storePath, verdict: finding!.verdict, narHash: finding!.narHash },
        ...{ chainId, blockNumber, authority: formatAuthority(authority), applications: all },
      },
    };
  });
}

interface ShowParameters {
  application: Address;
  settings: Settings;
  storePath: string;
  blockNumber: bigint;
  signal: AbortSignal;
}

async function showApplication(
  client: Client,
  { application, settings, storePath, blockNumber: toBlock, signal }: ShowParameters,
): Promise<Shown> {
  const fromBlock = BigInt(settings.deployment?.value.registryBlock ?? 0);
  const registry = settings.registry.value;
  const described = await describeOutput(client, { registry, application, storePath, fromBlock, toBlock });
  const machine = machineOf(settings);
  const [first] = described.history.observations;
  return {
    ...described,
    isPinnedTemplate: described.templateHash === PINNED_TEMPLATE_HASH,
    node: first && isOf(machine, application) ? await askAboutInput(machine, first.inputIndex, signal) : null,
  };
}

/** A node is of one application. */
function isOf(machine: MachineAt | undefined, application: Address): machine is MachineAt {
  return machine !== undefined && isAddressEqual(machine.application, application);
}

function formatShown(shown: Shown): string[] {
  const { application, history, output, node } = shown;
  const { observations, observationCount, conflicts, confirmations } = history;
  return [
    "",
    `application ${application}`,
    `  template   ${formatTemplate(shown)}`,
    ...observations.map(
      ({ kind, narHash, inputIndex, blockNumber, time, transactionHash }) =>
        `  ${kind.padEnd(10)} ${narHash} by input ${inputIndex}, block ${blockNumber} of ${formatTime(time)}, transaction ${transactionHash}`,
    ),
    ...(observationCount > observations.length
      ? [`  (${observationCount - observations.length} more between the first and these)`]
      : []),
    ...(observations.length === 0 ? ["  has not recorded it"] : []),
    ...(confirmations > 0n ? [`  confirmed  ${confirmations} times`] : []),
    ...(conflicts.length > 0 ? [`  conflicts  ${conflicts.join(", ")}`] : []),
    ...(output
      ? [
          `  built from ${printableText(`${output.drvPath}!${output.outputName}`)}`,
          `  size       ${output.narSize} bytes`,
          `  refers to  ${output.references.map(printableText).join(" ") || "nothing"}`,
        ]
      : []),
    ...(node
      ? [
          `  a node says: ${[node.processed, node.claim, node.message].filter((text) => text !== null).join(", ") || "nothing"}`,
        ]
      : []),
  ];
}

function formatTemplate({ templateHash, isPinnedTemplate }: Shown): string {
  if (templateHash === null) {
    return "none: this is no application of Cartesi's";
  }
  return `${templateHash}, ${isPinnedTemplate ? "which this version makes" : "not the one that this version makes"}`;
}

function formatTime(seconds: bigint): string {
  const date = new Date(Number(seconds) * 1_000);
  return Number.isNaN(date.getTime()) ? `second ${seconds}` : date.toISOString().replace(".000", "");
}
