import type { Account, Address, Client, Hex } from "viem";
import { estimateContractGas, estimateFeesPerGas } from "viem/actions";
import { inputBoxAbi } from "../../abi/index.ts";
import { explainChainError } from "../chain/index.ts";

export interface EstimateCostParameters {
  /** Who would send them. */
  account: Account | Address;
  inputBox: Address;
  application: Address;
  payloads: readonly Hex[];
}

/** What sending payloads would cost, at the fees of this moment. */
export interface Cost {
  gas: bigint;
  /** The most that a unit of gas would cost, in wei. */
  maxFeePerGas: bigint;
  /** At most, in wei. */
  wei: bigint;
}

/**
 * Estimates what sending payloads to an InputBox would cost. Payloads of one length cost nearly the same, so only one of each is tried.
 *
 * @throws {ChainUnreachableError} when the endpoint does not answer.
 */
export async function estimateCost(client: Client, parameters: EstimateCostParameters): Promise<Cost> {
  const { account, inputBox, application, payloads } = parameters;
  const byLength = new Map(payloads.map((payload) => [payload.length, payload]));
  const estimates = [...byLength].map(async ([length, payload]): Promise<[number, bigint]> => {
    const gas = await estimateContractGas(client, {
      account,
      address: inputBox,
      abi: inputBoxAbi,
      functionName: "addInput",
      args: [application, payload],
    });
    return [length, gas];
  });
  const [fees, ...found] = await Promise.all([estimateFeesPerGas(client), ...estimates]).catch(
    explainChainError,
  );
  const gasOf = new Map(found);
  const gas = payloads.reduce((sum, { length }) => sum + gasOf.get(length)!, 0n);
  return { gas, maxFeePerGas: fees.maxFeePerGas, wei: gas * fees.maxFeePerGas };
}
