import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import {
  findBuilt,
  findRequest,
  type MachineAt,
  MachineRefusedError,
  type RequestSubject,
  waitForRebuild,
} from "../../client/index.ts";
import { withProcessLock } from "../../machine/packages/index.ts";
import type { Deployment } from "../../protocol/deployments/index.ts";
import { encodeRebuild } from "../../protocol/index.ts";
import { createProgress } from "../../support/index.ts";
import { defineAction } from "../action.ts";
import { RequestNotFoundError } from "../cliErrors.ts";
import { addConnectionOptions } from "../config/options.ts";
import { requireDeployment, requireMachine } from "../config/requireSettings.ts";
import { resolveSettings } from "../config/resolveSettings.ts";
import { type Connection, connect, connectToSend } from "../connect.ts";
import { exitCodeOf } from "../output/exitCodes.ts";
import { requireConfirmable } from "../submission/confirm.ts";
import { journalFolder, journalName, openJournal } from "../submission/journal.ts";
import { keyFileOption, loadAccount } from "../submission/loadAccount.ts";
import { parseBuildSubject, placeOfRequests } from "../submission/requestSubject.ts";
import { sendPlan } from "../submission/sendPlan.ts";
import { waitForSecondRecord } from "../submission/waitForSecondRecord.ts";

const POLL_MS = 1_000;
const NO_BUNDLE = new Uint8Array();

export function addRebuild(program: Command): void {
  const command = program
    .command("rebuild")
    .summary("have the machine build again what it built")
    .description(
      "Requests that the machine builds again what it has built. The same result confirms the record; another one is a conflict, which\n" +
        "every reader sees.",
    )
    .argument("<path|drv>", "a store path, or a derivation", parseBuildSubject)
    .addHelpText(
      "after",
      "\nExample:\n  cartenix rebuild --network main --key-file key.txt --wait /nix/store/…-hello-2.10",
    )
    .addOption(keyFileOption())
    .option("-y, --yes", "send without asking", false)
    .option("-w, --wait", "wait until the result is recorded on the chain", false);
  addConnectionOptions(command);
  defineAction(command, async ({ signal }, subject: Exclude<RequestSubject, { inputIndex: bigint }>) => {
    const options = command.opts<{ keyFile?: string; yes: boolean; wait: boolean }>();
    requireConfirmable(options.yes);
    const settings = await resolveSettings(command);
    const deployment = requireDeployment(settings);
    const machine = requireMachine(settings);
    const account = await loadAccount(options.keyFile, process.env);
    const connection = await connect(settings, signal);
    const { client, chainId } = connection;
    const drvPath = await findDerivation(subject, { deployment, machine, connection, signal });
    const progress = createProgress();

    const { genesisHash, application } = deployment;
    const key = { genesisHash, application, sender: account.address, request: "rebuild", drvPath } as const;
    const folder = journalFolder(process.env);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const place = join(folder, journalName(key));
    const onWait = () => console.error("waiting for another run of the same request");
    return withProcessLock(place, onWait, async () => {
      const journal = openJournal(place);
      if (!journal.plan) {
        journal.begin({ paths: [], uploaded: [], bundle: NO_BUNDLE });
      }
      const { inputs, cost } = await sendPlan(connectToSend(settings, signal), {
        ...{ account, deployment, journal, isConfirmed: options.yes, progress, signal },
        payloads: [encodeRebuild({ drvPath })],
        description: `${drvPath}: build it again`,
      });
      const input = inputs[0]!;
      const sent = { chainId, application, drvPath, inputIndex: input.index, inputs, cost: cost ?? null };
      if (!options.wait) {
        return {
          exitCode: exitCodeOf("pending"),
          text: `pending  ${drvPath}\n  input ${input.index}; the same command with --wait tells the result`,
          json: { status: "pending", ...sent },
        };
      }
      const { message, statement } = await waitForResult(machine, input.index, journal, signal);
      const status = await waitForSecondRecord(client, deployment, input, signal);
      journal.end();
      return {
        exitCode: exitCodeOf(status),
        text: `${status}  ${drvPath}\n  ${message} (says the node)`,
        json: { status, ...sent, message, isSame: statement !== undefined },
      };
    });
  });
}

async function waitForResult(
  machine: MachineAt,
  inputIndex: bigint,
  journal: ReturnType<typeof openJournal>,
  signal: AbortSignal,
) {
  try {
    return await waitForRebuild({ machine, inputIndex, pollMs: POLL_MS, signal });
  } catch (error) {
    if (error instanceof MachineRefusedError) {
      journal.end();
    }
    throw error;
  }
}

interface FindDerivationParameters {
  deployment: Deployment;
  machine: MachineAt;
  connection: Connection;
  signal: AbortSignal;
}

/** The derivation that is built again; what the machine has not built, it would refuse. */
async function findDerivation(
  subject: Exclude<RequestSubject, { inputIndex: bigint }>,
  { deployment, machine, connection, signal }: FindDerivationParameters,
): Promise<string> {
  if ("drvPath" in subject) {
    if (!(await findBuilt(machine, { ...subject, signal }))) {
      throw new RequestNotFoundError(`the machine has not built ${subject.drvPath}`, {
        remedy: "submit it first",
      });
    }
    return subject.drvPath;
  }
  const place = placeOfRequests(deployment, connection, machine, signal);
  const found = await findRequest(connection.client, { ...place, subject });
  const drvPath = found?.request && found.request.kind !== "upload" ? found.request.drvPath : undefined;
  const built = drvPath === undefined ? undefined : await findBuilt(machine, { drvPath, signal });
  if (drvPath === undefined || !built?.outputs.some(({ path }) => path === subject.storePath)) {
    throw new RequestNotFoundError(`the derivation of ${subject.storePath} is not known`, {
      remedy: "name the derivation: /nix/store/….drv",
    });
  }
  return drvPath;
}
