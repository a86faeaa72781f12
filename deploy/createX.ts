import { numberToHex, parseEther, recoverTransactionAddress } from "viem";
import { CREATE_X_ADDRESS } from "../abi/index.ts";
import type { Chain } from "./chain.ts";
import { accountsOf, codeAt, sendTransaction } from "./chain.ts";
import { DeploymentError } from "./deploymentError.ts";

/** What the transaction that makes CreateX spends at most: 3,000,000 gas at 100 gwei, both part of what was signed. */
const CREATE_X_COST = parseEther("0.3");

/**
 * Makes CreateX on a chain that has none, by the transaction that its author signed for all chains; the first account pays.
 *
 * @throws DeploymentError when the chain refuses the transaction, as some do with one that names no chain.
 */
export async function bringCreateX(chain: Chain): Promise<void> {
  if ((await codeAt(chain, CREATE_X_ADDRESS)) !== "0x") {
    return;
  }
  const transaction = await presignedTransaction();
  const signer = await recoverTransactionAddress({ serializedTransaction: transaction });
  const [payer] = await accountsOf(chain);
  await sendTransaction(chain, { from: payer!, to: signer, value: numberToHex(CREATE_X_COST) });
  try {
    await sendTransaction(chain, transaction);
  } catch (cause) {
    throw new DeploymentError("the chain refuses the transaction that makes CreateX", {
      cause,
      details: cause instanceof Error ? cause.message : String(cause),
      remedy: "ask the CreateX project to deploy on this chain",
    });
  }
  if ((await codeAt(chain, CREATE_X_ADDRESS)) === "0x") {
    throw new DeploymentError("CreateX was not made");
  }
}

/** Ignition carries the transaction for its own local chains, but does not export it. */
async function presignedTransaction(): Promise<`0x02${string}`> {
  const file = new URL(
    "./internal/execution/strategy/createx-artifact.js",
    import.meta.resolve("@nomicfoundation/ignition-core"),
  );
  return ((await import(file.href)) as { presignedTx: `0x02${string}` }).presignedTx;
}
