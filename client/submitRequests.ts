import type { Account, Chain, PublicClient, Transport, WalletClient } from "viem";
import { type Address, type Hash, type Hex, parseEventLogs, type TransactionReceipt } from "viem";
import { inputBoxAbi } from "../abi/index.ts";
import { InputRefusedError } from "./clientErrors.ts";

/** An input that the InputBox accepted. */
export interface SubmittedInput {
  /** The input's place among the application's inputs, from 0. */
  index: bigint;
  transactionHash: Hash;
  blockNumber: bigint;
  gasUsed: bigint;
}

export interface SubmitRequestsParameters {
  publicClient: PublicClient;
  walletClient: WalletClient<Transport, Chain, Account>;
  inputBox: Address;
  application: Address;
  /** The inputs' payloads, in the order in which the machine should process them. */
  payloads: readonly Hex[];
  onSubmitted?: (input: SubmittedInput, position: number) => void;
}

/**
 * Sends payloads to an application's InputBox, one transaction each, and waits for each receipt.
 *
 * @throws {InputRefusedError} when a transaction reverts.
 */
export async function submitRequests(parameters: SubmitRequestsParameters): Promise<SubmittedInput[]> {
  const { publicClient, walletClient, inputBox, application, payloads, onSubmitted } = parameters;
  const submitted: SubmittedInput[] = [];
  for (const [position, payload] of payloads.entries()) {
    const hash = await walletClient.writeContract({
      address: inputBox,
      abi: inputBoxAbi,
      functionName: "addInput",
      args: [application, payload],
    });
    const input = inputOf(await publicClient.waitForTransactionReceipt({ hash }));
    submitted.push(input);
    onSubmitted?.(input, position);
  }
  return submitted;
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
