import {
  type Address,
  type Client,
  encodeFunctionData,
  type Hash,
  type Hex,
  type LocalAccount,
  parseEventLogs,
  parseTransaction,
  type TransactionReceipt,
} from "viem";
import { getTransactionCount, prepareTransactionRequest, sendRawTransaction } from "viem/actions";
import { inputBoxAbi } from "../../abi/index.ts";
import { explainChainError } from "../chain/index.ts";
import { InputRefusedError } from "../clientErrors.ts";
import { type Fees, raiseFees } from "../fees/index.ts";
import { isReplaced, receiptOf, type SentTransaction, waitForReceipt } from "./waitForReceipt.ts";

/** An input that the InputBox accepted. */
export interface SubmittedInput {
  /** The input's place among the application's inputs, from 0. */
  index: bigint;
  transactionHash: Hash;
  blockNumber: bigint;
  gasUsed: bigint;
}

/** A transaction that was signed, and may have been sent. */
export interface SignedTransaction extends SentTransaction {
  /** Which of the payloads it carries, from 0. */
  position: number;
}

export interface SubmitRequestsParameters {
  account: LocalAccount;
  inputBox: Address;
  application: Address;
  /** The inputs' payloads, in the order in which the machine should process them. */
  payloads: readonly Hex[];
  /** What earlier runs signed for the same payloads. It is sent again as it was, so that nothing is paid twice. */
  earlier?: readonly SignedTransaction[] | undefined;
  /** Keeps a transaction before it is sent. What is lost here may be paid again by the next run. */
  onSigned?: (transaction: SignedTransaction) => void;
  onSubmitted?: (input: SubmittedInput, position: number) => void;
  /** How long a transaction may stay unmined before it is sent with higher fees, if those of the network have risen: a minute by default. */
  raiseAfterMs?: number | undefined;
  onRaised?: (fees: Fees, position: number) => void;
  signal?: AbortSignal | undefined;
}

/** Transactions on their way at a time: what every endpoint takes of one sender. */
const MAX_PENDING = 4;
const DEFAULT_RAISE_AFTER_MS = 60_000;

/** Transactions of one payload and one nonce, of which at most one is mined. */
interface Waiting {
  readonly position: number;
  readonly attempts: SignedTransaction[];
  /** When the last of them was sent, or the fees were last compared. */
  sentAt: number;
}

/**
 * Sends payloads to an application's InputBox, one transaction each, and waits until all are mined.
 *
 * @throws {InputRefusedError} when a transaction reverts.
 * @throws {ChainUnreachableError} when the endpoint does not answer or refuses a transaction.
 */
export async function submitRequests(
  client: Client,
  parameters: SubmitRequestsParameters,
): Promise<SubmittedInput[]> {
  const { account, payloads, earlier = [], onSigned, onSubmitted, signal } = parameters;
  const pending: Waiting[] = [];
  const submitted: SubmittedInput[] = [];
  let nextNonce = await getTransactionCount(client, {
    address: account.address,
    blockTag: "pending",
  }).catch(explainChainError);

  const sendNew = async (position: number): Promise<Waiting> => {
    const transaction = await sign(client, parameters, position, nextNonce);
    nextNonce += 1;
    onSigned?.(transaction);
    signal?.throwIfAborted();
    await sendRawTransaction(client, { serializedTransaction: transaction.raw });
    return waitingFor([transaction]);
  };
  const receiptOfWaiting = (waiting: Waiting) =>
    waitForReceipt(client, {
      ...{ sender: account.address, attempts: waiting.attempts, signal },
      onWaiting: () => raiseWhenLate(client, parameters, waiting),
    });
  const finishOldest = async (): Promise<void> => {
    const oldest = pending.shift()!;
    let receipt = await receiptOfWaiting(oldest);
    if (receipt === undefined) {
      // another transaction of the sender took its place
      receipt = await receiptOfWaiting(await sendNew(oldest.position));
    }
    if (receipt === undefined) {
      throw new InputRefusedError("other transactions of the sender take the place of ours", {
        details: `nonce ${oldest.attempts[0]!.nonce} and a later one of ${account.address}`,
        remedy: "let nobody else send from this account meanwhile, and run the command again",
      });
    }
    const input = inputOf(receipt);
    submitted.push(input);
    onSubmitted?.(input, oldest.position);
  };

  for (const position of payloads.keys()) {
    signal?.throwIfAborted();
    const before = attemptsAt(position, earlier);
    const isAlive = before.length > 0 && (await sendAgain(client, account.address, before));
    if (isAlive) {
      nextNonce = Math.max(nextNonce, before[0]!.nonce + 1);
    }
    pending.push(isAlive ? waitingFor(before) : await sendNew(position).catch(explainChainError));
    while (pending.length === MAX_PENDING || (position === payloads.length - 1 && pending.length > 0)) {
      await finishOldest().catch(explainChainError);
    }
  }
  return submitted;
}

function waitingFor(attempts: SignedTransaction[]): Waiting {
  return { position: attempts[0]!.position, attempts, sentAt: performance.now() };
}

/** What was signed last for a payload, with all of the same nonce. */
function attemptsAt(position: number, earlier: readonly SignedTransaction[]): SignedTransaction[] {
  const ofPosition = earlier.filter((transaction) => transaction.position === position);
  return ofPosition.filter(({ nonce }) => nonce === ofPosition.at(-1)!.nonce);
}

/** Sends a transaction that is not mined again with the fees of the moment and the same nonce, if they are higher. */
async function raiseWhenLate(
  client: Client,
  { account, raiseAfterMs = DEFAULT_RAISE_AFTER_MS, onSigned, onRaised, signal }: SubmitRequestsParameters,
  waiting: Waiting,
): Promise<void> {
  if (performance.now() - waiting.sentAt < raiseAfterMs) {
    return;
  }
  waiting.sentAt = performance.now();
  const { position, nonce, raw: late } = waiting.attempts.at(-1)!;
  const { to, data, gas, chainId, ...offered } = parseTransaction(late);
  const fees = await raiseFees(client, offered);
  if (fees === undefined) {
    return;
  }
  const request = { to, data, gas, nonce, chainId, ...fees };
  const raw = await account.signTransaction(request as Parameters<LocalAccount["signTransaction"]>[0]);
  const raised = { position, nonce, raw };
  onSigned?.(raised);
  waiting.attempts.push(raised);
  signal?.throwIfAborted();
  // refused where another one of the nonce was mined meanwhile: which of them will show
  await sendRawTransaction(client, { serializedTransaction: raw }).catch(() => {});
  onRaised?.(fees, position);
}

async function sign(
  client: Client,
  { account, inputBox, application, payloads }: SubmitRequestsParameters,
  position: number,
  nonce: number,
): Promise<SignedTransaction> {
  const request = await prepareTransactionRequest(client, {
    account,
    chain: null,
    to: inputBox,
    data: encodeFunctionData({
      abi: inputBoxAbi,
      functionName: "addInput",
      args: [application, payloads[position]!],
    }),
    nonce,
  });
  const raw = await account.signTransaction(request as Parameters<LocalAccount["signTransaction"]>[0]);
  return { position, nonce, raw };
}

/**
 * Sends the transactions of an earlier run once more, unless one of them is mined.
 *
 * @returns whether one was or can still be mined as a success.
 */
async function sendAgain(
  client: Client,
  sender: Address,
  attempts: readonly SignedTransaction[],
): Promise<boolean> {
  const receipt = await receiptOf(client, attempts).catch(explainChainError);
  if (receipt) {
    return receipt.status === "success";
  }
  if (await isReplaced(client, sender, attempts)) {
    return false;
  }
  // refused as known, or since another one of the same nonce waits: which of them is mined will show
  await sendRawTransaction(client, { serializedTransaction: attempts.at(-1)!.raw }).catch(() => {});
  return true;
}

function inputOf(receipt: TransactionReceipt): SubmittedInput {
  const [added] = parseEventLogs({ abi: inputBoxAbi, logs: receipt.logs, eventName: "InputAdded" });
  if (receipt.status !== "success" || !added) {
    throw new InputRefusedError("the InputBox refused an input", {
      details: `transaction ${receipt.transactionHash} ${receipt.status === "success" ? "emitted no InputAdded" : "reverted"}`,
      remedy:
        "check that the application and the InputBox are on this chain and that the sender can pay for the gas",
    });
  }
  return {
    index: added.args.index,
    transactionHash: receipt.transactionHash,
    blockNumber: receipt.blockNumber,
    gasUsed: receipt.gasUsed,
  };
}
