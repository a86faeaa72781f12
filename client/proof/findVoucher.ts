import {
  type Address,
  type Client,
  decodeFunctionData,
  getAbiItem,
  type Hash,
  type Hex,
  isAddressEqual,
} from "viem";
import { getTransaction } from "viem/actions";
import { applicationAbi, buildRegistryAbi } from "../../abi/index.ts";
import { decodeOutput, decodeRecord } from "../../protocol/index.ts";
import { pathKeyOf } from "../../trust/index.ts";
import { explainChainError } from "../chain/explainChainError.ts";
import { readLogs } from "../chain/readLogs.ts";
import type { MachineAt } from "../queryMachine.ts";
import { outputsOfInput } from "./outputsOfInput.ts";
import type { ProvenOutput } from "./outputsRoot.ts";
import { NoProofError } from "./proofErrors.ts";

const OUTPUT_RECORDED = getAbiItem({ abi: buildRegistryAbi, name: "OutputRecorded" });

export interface FindVoucherParameters {
  application: Address;
  registry: Address;
  storePath: string;
  fromBlock: bigint;
  toBlock: bigint;
  machine: MachineAt | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Finds the voucher by which a path was recorded first, and its proof: in the transaction that executed it, or else, where another
 * contract made that call, at a node.
 *
 * @throws {NoProofError} when there is none.
 */
export async function findVoucher(
  client: Client,
  parameters: FindVoucherParameters,
): Promise<{ voucher: ProvenOutput; inputIndex: bigint }> {
  const { application, registry, storePath, fromBlock, toBlock, machine, signal } = parameters;
  const [log] = await readLogs(client, {
    ...{ address: registry, event: OUTPUT_RECORDED },
    args: { application, pathKey: pathKeyOf(storePath) },
    ...{ fromBlock, toBlock },
  });
  if (!log) {
    throw new NoProofError(`${application} has not recorded ${storePath}`, {
      remedy: "wait until its voucher is executed, or ask for another application",
    });
  }
  const { inputIndex } = log.args;
  const records = ({ output }: ProvenOutput) => recordsPath(output, registry, storePath);
  const executed = await executedOutput(client, log.transactionHash, application);
  if (executed && records(executed)) {
    return { voucher: executed, inputIndex };
  }
  const voucher = machine && (await outputsOfInput(machine, { inputIndex, signal })).find(records);
  if (!voucher) {
    throw new NoProofError("the transaction that recorded it does not show the voucher's proof", {
      details: `transaction ${log.transactionHash} called another contract`,
      remedy: "name a node of the application, which has the proof: --node-url",
    });
  }
  return { voucher, inputIndex };
}

async function executedOutput(
  client: Client,
  hash: Hash,
  application: Address,
): Promise<ProvenOutput | undefined> {
  const { to, input } = await getTransaction(client, { hash }).catch(explainChainError);
  return to && isAddressEqual(to, application) ? decodeExecution(input) : undefined;
}

function decodeExecution(input: Hex): ProvenOutput | undefined {
  try {
    const call = decodeFunctionData({ abi: applicationAbi, data: input });
    if (call.functionName !== "executeOutput") {
      return undefined;
    }
    const [output, { outputIndex, outputHashesSiblings: siblings }] = call.args;
    return { output, outputIndex, siblings };
  } catch {
    return undefined;
  }
}

function recordsPath(output: Hex, registry: Address, storePath: string): boolean {
  const call = decodeOutput(output);
  return (
    call?.type === "Voucher" &&
    isAddressEqual(call.destination, registry) &&
    decodeRecord(call.payload)?.outputs.some((one) => one.storePath === storePath) === true
  );
}
