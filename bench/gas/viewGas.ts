import { type Hex, hexToBytes } from "viem";
import type { TestChain } from "../../test/contracts/support/startChain.ts";

const TRANSACTION_GAS = 21_000;
const ZERO_BYTE_GAS = 4;
const NONZERO_BYTE_GAS = 16;

/** The gas that a call itself uses: that of a transaction, less the base cost and the cost of the calldata. */
export async function viewGas(chain: TestChain, to: Hex, data: Hex): Promise<number> {
  const used = Number(await chain.gasOf(chain.wallets[0]!.sendTransaction({ to, data })));
  const bytes = [...hexToBytes(data)];
  const forBytes = bytes.reduce((sum, byte) => sum + (byte === 0 ? ZERO_BYTE_GAS : NONZERO_BYTE_GAS), 0);
  return used - TRANSACTION_GAS - forBytes;
}
