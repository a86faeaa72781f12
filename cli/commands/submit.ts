import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { getBlockNumber } from "viem/actions";
import { explainChainError, MachineRefusedError, readFindings } from "../../client/index.ts";
import { withProcessLock } from "../../machine/packages/index.ts";
import { createProgress } from "../../support/index.ts";
import { statusOfVerdict, worstStatus } from "../../trust/index.ts";
import { defineAction, type Outcome } from "../action.ts";
import { addConnectionOptions } from "../config/options.ts";
import { requireDeployment, requireMachine } from "../config/requireSettings.ts";
import { resolveSettings } from "../config/resolveSettings.ts";
import { connect, connectToSend } from "../connect.ts";
import { exitCodeOf } from "../output/exitCodes.ts";
import { VERDICT_TEXTS } from "../output/findingTexts.ts";
import { formatCount } from "../output/formatAmount.ts";
import { addTarget, prepareTarget, type TargetOptions } from "../submission/buildTarget.ts";
import { requireConfirmable } from "../submission/confirm.ts";
import { journalFolder, journalName, openJournal } from "../submission/journal.ts";
import { keyFileOption, loadAccount } from "../submission/loadAccount.ts";
import { planBuild } from "../submission/planBuild.ts";
import { sendPlan } from "../submission/sendPlan.ts";
import { waitForRecord } from "../submission/waitForRecord.ts";

interface SubmitOptions extends TargetOptions {
  keyFile?: string;
  yes: boolean;
  wait: boolean;
}

export function addSubmit(program: Command): void {
  const command = program
    .command("submit")
    .summary("have the machine build a package")
    .description(
      "Evaluates a Nix file, sends the machine what it lacks, and requests the build. It shows what this costs and asks first. After\n" +
        "Ctrl-C or a crash, the same command goes on where it was, and pays nothing twice.",
    )
    .addHelpText(
      "after",
      `
Examples:
  cartenix submit --network main --key-file key.txt default.nix
  cartenix submit --network main --yes --wait default.nix -A hello --argstr version=1.0 --content hello-1.0.tar.gz`,
    );
  addTarget(command)
    .addOption(keyFileOption())
    .option("-y, --yes", "send without asking", false)
    .option("-w, --wait", "wait until the result is recorded on the chain", false);
  addConnectionOptions(command);
  defineAction(command, async ({ signal }, target: string) => {
    const options = command.opts<SubmitOptions>();
    requireConfirmable(options.yes);
    const settings = await resolveSettings(command);
    const deployment = requireDeployment(settings);
    const machine = requireMachine(settings);
    const account = await loadAccount(options.keyFile, process.env);
    const { client, chainId } = await connect(settings, signal);
    const sending = connectToSend(settings, signal);
    const progress = createProgress();
    const build = await prepareTarget(target, options, { progress, signal });
    const storePaths = build.outputs.map(({ path }) => path);

    const { registry, application, genesisHash } = deployment;
    const authority = { kind: "application", address: application } as const;
    const answer = { chainId, application, drvPath: build.drvPath, outputs: build.outputs };

    const name = journalName({
      genesisHash,
      application,
      sender: account.address,
      request: "build",
      drvPath: build.drvPath,
    });
    const folder = journalFolder(process.env);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const onWait = () => console.error("waiting for another run of the same request");
    return withProcessLock(join(folder, name), onWait, async () => {
      const journal = openJournal(join(folder, name));
      const blockNumber = await getBlockNumber(client, { cacheTime: 0 }).catch(explainChainError);
      const recorded = await readFindings(client, { authority, registry, storePaths, blockNumber });
      if (recorded.every(({ verdict }) => verdict !== "notRecorded")) {
        journal.end();
        return outcomeOf(recorded, { ...answer, inputs: [] });
      }
      const plan = await planBuild(client, {
        ...{ build, machine, deployment, sender: account.address },
        ...{ journal, progress, signal },
      });
      if (journal.plan?.bundle !== plan.bundle) {
        journal.begin(plan);
      }
      const description = `${build.drvPath}: ${formatCount(plan.paths.length, "path")} of ${build.closure.length}`;
      const { inputs, cost } = await sendPlan(sending, {
        ...{ account, deployment, payloads: plan.payloads, journal, description },
        ...{ isConfirmed: options.yes, progress, signal },
      });
      const inputIndex = inputs.at(-1)!.index;
      const sent = { ...answer, inputIndex, inputs, cost: cost ?? null };
      if (!options.wait) {
        return {
          exitCode: exitCodeOf("pending"),
          text: `pending  ${build.drvPath}\n  input ${inputIndex}; cartenix status ${inputIndex} tells how it stands`,
          json: { status: "pending", ...sent },
        };
      }
      try {
        const findings = await waitForRecord(client, {
          ...{ deployment, machine, inputIndex, storePaths, progress, signal },
        });
        journal.end();
        return outcomeOf(findings, sent);
      } catch (error) {
        if (error instanceof MachineRefusedError) {
          journal.end(lacksUploads(error) ? inputIndex : undefined);
        }
        throw error;
      }
    });
  });
}

/** Whether the machine has not, or no longer, what was uploaded. */
function lacksUploads({ shortMessage }: MachineRefusedError): boolean {
  return /upload (it|them) first/.test(shortMessage);
}

function outcomeOf(findings: Awaited<ReturnType<typeof readFindings>>, answer: object): Outcome {
  const answers = findings.map((finding) => ({ status: statusOfVerdict(finding.verdict), ...finding }));
  const status = worstStatus(answers.map((one) => one.status));
  return {
    exitCode: exitCodeOf(status),
    text: answers
      .map((one) => `${one.status}  ${one.storePath}\n  ${one.narHash ?? VERDICT_TEXTS[one.verdict]}`)
      .join("\n"),
    json: { status, ...answer, findings: answers },
  };
}
