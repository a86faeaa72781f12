import { type Client, formatGwei, type Hex, type LocalAccount } from "viem";
import { getBalance } from "viem/actions";
import {
  type Cost,
  estimateCost,
  explainChainError,
  InsufficientFundsError,
  type SubmittedInput,
  submitRequests,
} from "../../client/index.ts";
import type { Deployment } from "../../protocol/deployments/index.ts";
import type { Progress } from "../../support/index.ts";
import { formatAmount, formatCount } from "../output/formatAmount.ts";
import { confirm } from "./confirm.ts";
import type { Journal } from "./journal.ts";

export interface SendPlanParameters {
  account: LocalAccount;
  deployment: Deployment;
  payloads: readonly Hex[];
  journal: Journal;
  /** What the payloads are, for the one who is asked. */
  description: string;
  isConfirmed: boolean;
  progress: Progress;
  signal: AbortSignal;
}

export interface SentPlan {
  inputs: SubmittedInput[];
  /** What was estimated for that which this run sent; `undefined` when earlier runs had sent all. */
  cost: Cost | undefined;
}

/**
 * Sends payloads: shows first what it costs and asks, keeps each transaction in the journal before it is sent, and sends what earlier
 * runs signed as they signed it.
 *
 * @throws {NotConfirmedError} when it is not confirmed.
 * @throws {InsufficientFundsError} when the sender cannot pay for all of it.
 */
export async function sendPlan(client: Client, parameters: SendPlanParameters): Promise<SentPlan> {
  const { account, deployment, payloads, journal, description, isConfirmed, progress, signal } = parameters;
  const { inputBox, application, chainId } = deployment;
  const signed = new Set(journal.transactions.map(({ position }) => position));
  const unsigned = payloads.filter((_, position) => !signed.has(position));
  let cost: Cost | undefined;
  if (unsigned.length > 0) {
    cost = await estimateCost(client, { account, inputBox, application, payloads: unsigned });
    console.error(`${description}\n  ${describeCost(unsigned, cost, chainId)}, from ${account.address}`);
    await requireFunds(client, account, cost, chainId);
    if (!isConfirmed) {
      await confirm(`Send ${formatCount(unsigned.length, "input")}?`, signal);
    }
  }
  const stage = progress.stage("send");
  try {
    const inputs = await submitRequests(client, {
      account,
      inputBox,
      application,
      payloads,
      earlier: journal.transactions,
      signal,
      onSigned: (transaction) => journal.add(transaction),
      onRaised: ({ gasPrice, maxFeePerGas }, position) =>
        console.error(
          `input ${position + 1} of ${payloads.length} was not mined: sent again, at up to ${formatGwei(gasPrice ?? maxFeePerGas)} gwei a gas`,
        ),
      onSubmitted: (_, position) => stage.update(`input ${position + 1} of ${payloads.length}`),
    });
    stage.done(`${formatCount(inputs.length, "input")}, the last is input ${inputs.at(-1)!.index}`);
    return { inputs, cost };
  } catch (error) {
    stage.fail();
    throw error;
  }
}

/** The bytes, inputs, gas and money of payloads, in one line. */
export function describeCost(payloads: readonly Hex[], { gas, wei }: Cost, chainId: number): string {
  const bytes = payloads.reduce((sum, payload) => sum + (payload.length - 2) / 2, 0);
  return `${formatCount(payloads.length, "input")}, ${formatCount(bytes, "byte")}, about ${gas.toLocaleString("en-US")} gas, at most ${formatAmount(wei, chainId)}`;
}

/** @throws {InsufficientFundsError} when the account cannot pay. */
export async function requireFunds(
  client: Client,
  account: LocalAccount,
  { wei }: Cost,
  chainId: number,
): Promise<void> {
  const balance = await getBalance(client, account).catch(explainChainError);
  if (balance < wei) {
    throw new InsufficientFundsError(`${account.address} has ${formatAmount(balance, chainId)}`, {
      details: `it may cost up to ${formatAmount(wei, chainId)}`,
      remedy: "send the account some more, or use another key",
    });
  }
}
