import { numberToHex, parseEther, recoverTransactionAddress } from "viem";
import { CREATE_X_ADDRESS } from "../abi/index.ts";
import type { Chain } from "./chain.ts";
import { accountsOf, codeAt, sendTransaction } from "./chain.ts";
import { DeploymentError } from "./deploymentError.ts";

/** The most that the transaction deploying CreateX can spend: 3,000,000 gas at 100 gwei, both fixed by its signature. */
const CREATE_X_COST_WEI = parseEther("0.3");

/**
 * Deploys CreateX on a chain that lacks it, with the transaction that its author signed for all chains. The first account pays.
 *
 * @throws {DeploymentError} when the chain refuses the transaction, as some chains refuse one without a chain id.
 */
export async function ensureCreateX(chain: Chain): Promise<void> {
  if ((await codeAt(chain, CREATE_X_ADDRESS)) !== "0x") {
    return;
  }
  const transaction = await presignedTransaction();
  const signer = await recoverTransactionAddress({ serializedTransaction: transaction });
  const [payer] = await accountsOf(chain);
  await sendTransaction(chain, { from: payer!, to: signer, value: numberToHex(CREATE_X_COST_WEI) });
  try {
    await sendTransaction(chain, transaction);
  } catch (cause) {
    throw new DeploymentError("the chain refuses the transaction that deploys CreateX", {
      cause,
      details: cause instanceof Error ? cause.message : String(cause),
      remedy: "ask the CreateX project to deploy on this chain",
    });
  }
  if ((await codeAt(chain, CREATE_X_ADDRESS)) === "0x") {
    throw new DeploymentError("CreateX was not deployed");
  }
}

/** Ignition has the transaction for its own local chains, but does not export it. */
async function presignedTransaction(): Promise<`0x02${string}`> {
  const file = new URL(
    "./internal/execution/strategy/createx-artifact.js",
    import.meta.resolve("@nomicfoundation/ignition-core"),
  );
  return ((await import(file.href)) as { presignedTx: `0x02${string}` }).presignedTx;
}
