import { type Address, type Hash, type Hex, isAddressEqual, numberToHex } from "viem";
import { type Chain, codeAt } from "./chain.ts";
import { DeploymentError } from "./deploymentError.ts";

/**
 * The block that created a contract, whoever sent the transaction and however long ago.
 *
 * @throws {DeploymentError} when there is no contract, or the endpoint does not keep states as old as the search needs.
 */
export async function creationBlock(chain: Chain, address: Address): Promise<number> {
  if ((await codeAt(chain, address)) === "0x") {
    throw new DeploymentError(`there is no contract at ${address}`);
  }
  return firstBlock(chain, async (block) => (await codeAt(chain, address, block)) !== "0x");
}

/**
 * The hash of the mined transaction with this sender and nonce.
 *
 * @throws {DeploymentError} when the endpoint does not keep states as old as the search needs.
 */
export async function transactionWithNonce(chain: Chain, sender: Address, nonce: number): Promise<Hash> {
  const number = await firstBlock(chain, async (block) => (await nonceOf(chain, sender, block)) > nonce);
  const block = await chain.request({ method: "eth_getBlockByNumber", params: [numberToHex(number), true] });
  const transactions: { from: Address; nonce: Hex; hash: Hash }[] = block.transactions;
  const found = transactions.find(
    (transaction) => isAddressEqual(transaction.from, sender) && Number(transaction.nonce) === nonce,
  );
  if (!found) {
    throw new DeploymentError(`block ${number} does not have transaction ${nonce} of ${sender}`, {
      remedy: "the endpoint contradicts itself: use another",
    });
  }
  return found.hash;
}

/** How many transactions an account has sent. */
export async function nonceOf(
  chain: Chain,
  account: Address,
  block: Hex | "latest" | "pending",
): Promise<number> {
  return Number(await chain.request({ method: "eth_getTransactionCount", params: [account, block] }));
}

/**
 * The first block in which something holds that holds in the latest, and has held ever since that block. Searches backwards
 * in growing steps, so that a recent one is found without old states of the chain.
 */
async function firstBlock(chain: Chain, holds: (block: Hex) => Promise<boolean>): Promise<number> {
  const latest = Number(await chain.request({ method: "eth_blockNumber" }));
  let first = latest;
  let before = latest - 1;
  for (let step = 1; before >= 0 && (await holdsIn(before, holds)); step *= 2) {
    first = before;
    before = first === 0 ? -1 : Math.max(first - step, 0);
  }
  while (first - before > 1) {
    const middle = Math.floor((first + before) / 2);
    if (await holdsIn(middle, holds)) {
      first = middle;
    } else {
      before = middle;
    }
  }
  return first;
}

async function holdsIn(number: number, holds: (block: Hex) => Promise<boolean>): Promise<boolean> {
  try {
    return await holds(numberToHex(number));
  } catch (cause) {
    throw new DeploymentError(`the endpoint does not answer for the state of block ${number}`, {
      cause,
      details: cause instanceof Error ? cause.message.split("\n")[0] : String(cause),
      remedy: "use an endpoint that keeps old states (an archive node): they say when a contract was created",
    });
  }
}
