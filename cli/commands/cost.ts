import type { Command } from "commander";
import { estimateCost } from "../../client/index.ts";
import { createProgress } from "../../support/index.ts";
import { defineAction } from "../action.ts";
import { addConnectionOptions } from "../config/options.ts";
import { requireDeployment, requireMachine } from "../config/requireSettings.ts";
import { resolveSettings } from "../config/resolveSettings.ts";
import { connect, connectToSend } from "../connect.ts";
import { formatCount } from "../output/formatAmount.ts";
import { addTarget, prepareTarget, type TargetOptions } from "../submission/buildTarget.ts";
import { findAccount, keyFileOption } from "../submission/loadAccount.ts";
import { planBuild } from "../submission/planBuild.ts";
import { describeCost } from "../submission/sendPlan.ts";

export function addCost(program: Command): void {
  const command = program
    .command("cost")
    .summary("tell what submitting a package would cost")
    .description(
      "Evaluates a Nix file and tells what submit would send and what that would cost. It sends nothing.",
    )
    .addHelpText("after", "\nExample:\n  cartenix cost --network main default.nix -A hello");
  addTarget(command).addOption(keyFileOption());
  addConnectionOptions(command);
  defineAction(command, async ({ signal }, target: string) => {
    const options = command.opts<TargetOptions & { keyFile?: string }>();
    const settings = await resolveSettings(command);
    const deployment = requireDeployment(settings);
    const machine = requireMachine(settings);
    const account = await findAccount(options.keyFile, process.env);
    const { client, chainId } = await connect(settings, signal);
    const progress = createProgress();
    const build = await prepareTarget(target, options, { progress, signal });
    const plan = await planBuild(client, {
      ...{ build, machine, deployment, sender: account?.address },
      ...{ journal: undefined, progress, signal },
    });
    const { inputBox, application, deployer } = deployment;
    const { payloads } = plan;
    const cost = await estimateCost(connectToSend(settings, signal), {
      account: account?.address ?? deployer,
      inputBox,
      application,
      payloads,
    });
    const { drvPath, outputs, closure } = build;
    return {
      exitCode: 0,
      text: `${drvPath}: ${formatCount(plan.paths.length, "path")} of ${closure.length}\n  ${describeCost(payloads, cost, chainId)}`,
      json: {
        ...{ chainId, application, drvPath, outputs, paths: plan.paths.length, inputs: payloads.length },
        ...{ bundleBytes: plan.paths.length === 0 ? 0 : plan.bundle.length, cost },
      },
    };
  });
}
