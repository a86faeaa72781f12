import type { PublicClient, Transaction } from "viem";
import { estimateFeesPerGas } from "viem/actions";

/** What a transaction offers for gas, in wei. */
export type Fees =
  | { gasPrice: bigint; maxFeePerGas?: undefined }
  | { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint; gasPrice?: undefined };

type Offer = Pick<Transaction, "gasPrice" | "maxFeePerGas" | "maxPriorityFeePerGas">;

/** Networks take a replacement that offers at least an eighth more. */
const atLeastRaised = (fee: bigint) => fee + fee / 8n + 1n;
const max = (a: bigint, b: bigint) => (a > b ? a : b);

/** What a transaction must offer to take another's place; `undefined` while that one offers what is usual now. */
export async function raiseFees(client: PublicClient, offered: Partial<Offer>): Promise<Fees | undefined> {
  if (offered.maxFeePerGas === undefined) {
    const price = offered.gasPrice ?? 0n;
    const gasPrice = await client.getGasPrice();
    return gasPrice > price ? { gasPrice: max(gasPrice, atLeastRaised(price)) } : undefined;
  }
  const [fee, tip] = [offered.maxFeePerGas, offered.maxPriorityFeePerGas ?? 0n];
  const usual = await estimateFeesPerGas(client);
  if (usual.maxFeePerGas <= fee && usual.maxPriorityFeePerGas <= tip) {
    return undefined;
  }
  const maxPriorityFeePerGas = max(usual.maxPriorityFeePerGas, atLeastRaised(tip));
  return {
    maxFeePerGas: max(max(usual.maxFeePerGas, atLeastRaised(fee)), maxPriorityFeePerGas),
    maxPriorityFeePerGas,
  };
}
