import type { Command } from "commander";
import type { Address } from "viem";
import { readContract } from "viem/actions";
import { buildRegistryAbi } from "../../abi/index.ts";
import {
  explainChainError,
  type FoundInput,
  findBuilt,
  findRequest,
  type MachineAt,
  printableText,
  type RequestSubject,
  readFindings,
} from "../../client/index.ts";
import { formatNarHash } from "../../protocol/index.ts";
import { type Status, statusOfVerdict, type Verdict, worstStatus } from "../../trust/index.ts";
import { defineAction } from "../action.ts";
import { addConnectionOptions } from "../config/options.ts";
import { requireDeployment, requireMachine } from "../config/requireSettings.ts";
import { resolveSettings } from "../config/resolveSettings.ts";
import { type Connection, connect } from "../connect.ts";
import { askAboutInput, type NodesWord } from "../nodesWord.ts";
import { exitCodeOf } from "../output/exitCodes.ts";
import { parseSubject, placeOfRequests } from "../submission/requestSubject.ts";

/** What the chain has of an output. */
interface Recorded {
  name: string;
  verdict: Verdict;
  narHash: string | null;
}

export function addStatus(program: Command): void {
  const command = program
    .command("status")
    .summary("tell how a request stands")
    .description(
      "Tells how a request stands: sent, processed, claimed, recorded. The chain itself says what was sent and recorded; a node says the\n" +
        "rest, and that is marked.",
    )
    .argument(
      "<request|drv|path>",
      "the index of a request's input, a derivation, or a store path",
      parseSubject,
    )
    .addHelpText(
      "after",
      "\nExamples:\n  cartenix status --network main 7\n  cartenix status --network main /nix/store/…-hello.drv",
    );
  addConnectionOptions(command);
  defineAction(command, async ({ signal }, subject: RequestSubject) => {
    const settings = await resolveSettings(command);
    const deployment = requireDeployment(settings);
    const machine = settings.nodeUrl && requireMachine(settings);
    const connection = await connect(settings, signal);
    const { client, chainId, blockNumber } = connection;
    const request = await findRequest(client, {
      ...placeOfRequests(deployment, connection, machine, signal),
      subject,
    });
    const drvPath = "drvPath" in subject ? subject.drvPath : drvPathOf(request);
    const recorded =
      "storePath" in subject
        ? [await recordOfPath(connection, deployment, subject.storePath)]
        : await recordsOfDerivation(connection, deployment, drvPath, machine, signal);
    const nodesWord = machine && request ? await askAboutInput(machine, request.index, signal) : null;
    const status = statusOf(recorded, request, nodesWord);
    return {
      exitCode: exitCodeOf(status),
      text: textOf(status, request, nodesWord, recorded, drvPath, machine),
      json: {
        ...{ status, chainId, blockNumber, application: deployment.application, drvPath: drvPath ?? null },
        request: request ? jsonOf(request) : null,
        node: nodesWord,
        outputs: recorded,
      },
    };
  });
}

function drvPathOf(input: FoundInput | undefined): string | undefined {
  const { request } = input ?? {};
  return request && request.kind !== "upload" ? request.drvPath : undefined;
}

async function recordOfPath(
  { client, blockNumber }: Connection,
  { application, registry }: { application: Address; registry: Address },
  storePath: string,
): Promise<Recorded> {
  const authority = { kind: "application", address: application } as const;
  const [finding] = await readFindings(client, {
    ...{ authority, registry, blockNumber },
    storePaths: [storePath],
  });
  const { verdict, narHash } = finding!;
  return { name: storePath, verdict, narHash };
}

/** The records of a derivation's outputs, by the registry's own keys; their names alone come from the node. */
async function recordsOfDerivation(
  { client, blockNumber }: Connection,
  { application, registry }: { application: Address; registry: Address },
  drvPath: string | undefined,
  machine: MachineAt | undefined,
  signal: AbortSignal,
): Promise<Recorded[]> {
  if (drvPath === undefined) {
    return [];
  }
  const built = machine && (await findBuilt(machine, { drvPath, signal }).catch(() => undefined));
  const names = built?.outputs.length ? built.outputs.map(({ name }) => name) : ["out"];
  return Promise.all(
    names.map(async (name): Promise<Recorded> => {
      const { narHash, conflicts } = await readContract(client, {
        address: registry,
        abi: buildRegistryAbi,
        functionName: "recordOfDerivation",
        args: [application, drvPath, name],
        blockNumber,
      }).catch(explainChainError);
      const verdict = BigInt(narHash) === 0n ? "notRecorded" : conflicts > 0n ? "conflict" : "accepted";
      return { name, verdict, narHash: verdict === "accepted" ? formatNarHash(narHash) : null };
    }),
  );
}

function statusOf(
  recorded: readonly Recorded[],
  request: FoundInput | undefined,
  nodesWord: NodesWord | null,
): Status {
  const status = worstStatus(recorded.map(({ verdict }) => statusOfVerdict(verdict)));
  if (recorded.length > 0 && status !== "unknown") {
    return status;
  }
  const isRejected = nodesWord !== null && nodesWord.processed !== null && nodesWord.processed !== "accepted";
  return request && !isRejected ? "pending" : "unknown";
}

function textOf(
  status: Status,
  input: FoundInput | undefined,
  nodesWord: NodesWord | null,
  recorded: readonly Recorded[],
  drvPath: string | undefined,
  machine: MachineAt | undefined,
): string {
  const subject = printableText(drvPath ?? recorded[0]?.name ?? "no request about a derivation");
  const lines = [`${status}  ${subject}`];
  lines.push(
    input
      ? `  sent       input ${input.index} in block ${input.blockNumber}, by ${input.sender}`
      : "  sent       the chain has no such request",
  );
  if (input) {
    const word = nodesWord
      ? (nodesWord.processed ?? "not yet")
      : machine
        ? "the node does not answer"
        : "no node to ask: --node-url";
    lines.push(`  processed  ${word}${nodesWord ? " (says the node)" : ""}`);
    if (nodesWord?.message) {
      lines.push(`             ${nodesWord.message} (says the node)`);
    }
    if (nodesWord?.claim) {
      lines.push(`  claimed    ${nodesWord.claim.toLowerCase().replaceAll("_", " ")} (says the node)`);
    }
  }
  for (const { name, verdict, narHash } of recorded) {
    lines.push(`  recorded   ${name}: ${narHash ?? (verdict === "conflict" ? "in conflict" : "not yet")}`);
  }
  return lines.join("\n");
}

function jsonOf({ index, sender, request, blockNumber, transactionHash }: FoundInput) {
  return { inputIndex: index, kind: request?.kind ?? null, sender, blockNumber, transactionHash };
}
