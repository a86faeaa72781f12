import { type Command, InvalidArgumentError, Option } from "commander";
import { zeroAddress } from "viem";
import { Contradictions } from "../../abi/index.ts";
import {
  type Cost,
  estimatePolicy,
  makePolicy,
  type PreparedPolicy,
  preparePolicy,
} from "../../client/index.ts";
import { createProgress } from "../../support/index.ts";
import { defineAction, type Outcome } from "../action.ts";
import { addConnectionOptions } from "../config/options.ts";
import { readDeployment, resolveSettings } from "../config/resolveSettings.ts";
import { connect, connectToSend } from "../connect.ts";
import { formatAmount } from "../output/formatAmount.ts";
import { confirm, requireConfirmable } from "../submission/confirm.ts";
import { findAccount, keyFileOption, loadAccount } from "../submission/loadAccount.ts";
import { requireFunds } from "../submission/sendPlan.ts";

interface MakeOptions {
  threshold: number;
  contradictions: keyof typeof CONTRADICTIONS;
  keyFile?: string;
  dryRun: boolean;
  yes: boolean;
}

const CONTRADICTIONS = { refuse: Contradictions.Refuse, any: Contradictions.Any } as const;

/** How `policy make` ended. */
const ENDS = {
  made: "made",
  existed: "exists already: nothing was sent",
  dryRun: "not made yet: nothing was sent",
} as const;

export function addPolicyMake(policy: Command): void {
  const command = policy
    .command("make")
    .summary("make the policy that trusts some deployed applications")
    .description(
      "Makes the strictest policy that the applications of these deployment files meet, through the policy factory, unless it exists. It shows the terms and what this costs, and asks first.",
    )
    .argument("<deployment-file...>", "the applications' deployment files")
    .addOption(
      new Option("--threshold <number>", "how many of them must have recorded the same hash")
        .default(1)
        .argParser(parseThreshold),
    )
    .addOption(
      new Option(
        "--contradictions <choice>",
        "a member that recorded different hashes has no vote, or each counts",
      )
        .choices(Object.keys(CONTRADICTIONS))
        .default("refuse"),
    )
    .addOption(keyFileOption())
    .option("--dry-run", "show terms, address and cost, and send nothing", false)
    .option("-y, --yes", "send without asking", false)
    .addHelpText(
      "after",
      "\nExample:\n  cartenix policy make --network main --key-file key.txt --threshold 2 first.json second.json",
    );
  addConnectionOptions(command);
  defineAction(command, async ({ signal }, files: string[]) => {
    const options = command.opts<MakeOptions>();
    const { threshold, dryRun, yes, keyFile } = options;
    const deployments = await Promise.all(files.map(readDeployment));
    const settings = await resolveSettings(command);
    const { client, chainId } = await connect(settings, signal);
    const contradictions = CONTRADICTIONS[options.contradictions];
    const prepared = await preparePolicy(client, { deployments, threshold, contradictions });
    console.error(formatTerms(prepared));
    const about = { chainId, prepared };
    if (prepared.isMade) {
      return outcomeOf("existed", about);
    }
    const sending = connectToSend(settings, signal);
    const showCost = (cost: Cost, sender: string) =>
      console.error(
        `  about ${cost.gas.toLocaleString("en-US")} gas, at most ${formatAmount(cost.wei, chainId)}, from ${sender}`,
      );
    if (dryRun) {
      const sender = (await findAccount(keyFile, process.env))?.address ?? deployments[0]!.deployer;
      const cost = await estimatePolicy(sending, { account: sender, policy: prepared });
      showCost(cost, sender);
      return outcomeOf("dryRun", { ...about, cost });
    }
    requireConfirmable(yes);
    const account = await loadAccount(keyFile, process.env);
    const cost = await estimatePolicy(sending, { account, policy: prepared });
    showCost(cost, account.address);
    await requireFunds(sending, account, cost, chainId);
    if (!yes) {
      await confirm("Make this policy?", signal);
    }
    const stage = createProgress().stage("send");
    try {
      const transaction = await makePolicy(sending, { account, policy: prepared, cost, signal });
      stage.done(`transaction ${transaction.transactionHash}`);
      return outcomeOf("made", { ...about, cost, transaction });
    } catch (error) {
      stage.fail();
      throw error;
    }
  });
}

function parseThreshold(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) {
    throw new InvalidArgumentError("it is not a number from 1");
  }
  return Number(text);
}

function formatTerms({ address, factory, terms }: PreparedPolicy): string {
  const { threshold, contradictions, ownerRenounced, members } = terms;
  return [
    `policy ${address}`,
    `  of the factory ${factory}`,
    `  accepts what ${threshold} of ${members.length} recorded`,
    contradictions === Contradictions.Refuse
      ? "  a member that recorded different hashes for a path has no vote on it"
      : "  of different hashes that a member recorded, each counts",
    ...(ownerRenounced ? ["  members must have no owner"] : []),
    ...members.flatMap(({ application, templateHash, consensus, claimer }) => [
      `  ${application}`,
      `    template ${templateHash}`,
      `    consensus ${consensus}, claimer ${claimer === zeroAddress ? "any" : claimer}`,
    ]),
  ].join("\n");
}

function outcomeOf(
  end: keyof typeof ENDS,
  about: { chainId: number; prepared: PreparedPolicy; cost?: Cost; transaction?: object },
): Outcome {
  const { chainId, prepared, cost = null, transaction = null } = about;
  const { address, factory, terms } = prepared;
  const trust = `policy:${address}`;
  const contradictions = terms.contradictions === Contradictions.Refuse ? "refuse" : "any";
  return {
    exitCode: 0,
    text: `policy ${address}  ${ENDS[end]}\n  --trust ${trust}`,
    json: {
      ...{ result: end, chainId, factory, policy: address, trust },
      ...{ terms: { ...terms, contradictions }, cost, transaction },
    },
  };
}
