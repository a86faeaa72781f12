import type { Client, Transaction } from "viem";
import { estimateFeesPerGas, getGasPrice } from "viem/actions";

/** The gas price that a transaction offers, in wei. */
export type Fees =
  | { gasPrice: bigint; maxFeePerGas?: undefined }
  | { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint; gasPrice?: undefined };

type Offer = Pick<Transaction, "gasPrice" | "maxFeePerGas" | "maxPriorityFeePerGas">;

/** Networks accept a replacement that offers at least an eighth more. */
const minimumReplacement = (fee: bigint) => fee + fee / 8n + 1n;
const max = (a: bigint, b: bigint) => (a > b ? a : b);

/** The fees of a replacement transaction; `undefined` while the offered fees still match the network's estimate. */
export async function raiseFees(client: Client, offered: Partial<Offer>): Promise<Fees | undefined> {
  if (offered.maxFeePerGas === undefined) {
    const price = offered.gasPrice ?? 0n;
    const gasPrice = await getGasPrice(client);
    return gasPrice > price ? { gasPrice: max(gasPrice, minimumReplacement(price)) } : undefined;
  }
  const [fee, tip] = [offered.maxFeePerGas, offered.maxPriorityFeePerGas ?? 0n];
  const estimate = await estimateFeesPerGas(client);
  if (estimate.maxFeePerGas <= fee && estimate.maxPriorityFeePerGas <= tip) {
    return undefined;
  }
  const maxPriorityFeePerGas = max(estimate.maxPriorityFeePerGas, minimumReplacement(tip));
  return {
    maxFeePerGas: max(max(estimate.maxFeePerGas, minimumReplacement(fee)), maxPriorityFeePerGas),
    maxPriorityFeePerGas,
  };
}
