import { createHash } from "node:crypto";
import { type Address, createWalletClient, type Hex, http, toHex } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { inputBoxAbi } from "../../abi/index.ts";
import { encodeBuild, encodeUpload } from "../../protocol/index.ts";

/** The accounts that every Hardhat chain has, with worthless ether. */
const MNEMONIC = "test test test test test test test test test test test junk";
export const SENDERS = 20;
const CHUNK_BYTES = 64;
const GAS_LIMIT = 200_000n;

/** The first account deployed and claims; it sends too, but only one input at a time. */
export const CLAIMER_KEY: Hex = toHex(mnemonicToAccount(MNEMONIC).getHdKey().privateKey!);

export interface Load {
  rpcUrl: string;
  application: Address;
  inputBox: Address;
  /** The number of the input to stop before. */
  count: number;
  from?: number;
}

/** Sends small inputs from all senders at once. Of five, three are accepted, one is malformed and one is rejected. */
export async function sendLoad({ rpcUrl, application, inputBox, count, from = 0 }: Load): Promise<void> {
  const send = async (sender: number) => {
    const account = mnemonicToAccount(MNEMONIC, { addressIndex: sender });
    const wallet = createWalletClient({ account, transport: http(rpcUrl) });
    for (
      let input = from + ((sender + SENDERS - (from % SENDERS)) % SENDERS);
      input < count;
      input += SENDERS
    ) {
      await wallet.writeContract({
        chain: null,
        address: inputBox,
        abi: inputBoxAbi,
        functionName: "addInput",
        args: [application, payloadOf(sender, Math.floor(input / SENDERS), Math.ceil(count / SENDERS))],
        gas: GAS_LIMIT,
      });
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, (_, index) => send(index)));
}

function payloadOf(sender: number, turn: number, turns: number): Hex {
  const kind = (sender + turn) % 5;
  if (kind === 3) {
    return toHex(`not a request: ${sender}, ${turn}`);
  }
  const sha256 = digestOf(sender);
  if (kind === 4) {
    return encodeBuild({ bundle: sha256, drvPath: `/nix/store/${"0".repeat(32)}-none.drv` });
  }
  const chunk = new Uint8Array(CHUNK_BYTES).fill(turn + 1);
  return encodeUpload({ sha256, index: turn, count: Math.max(turns, 100), chunk });
}

/** The hash of a blob that is never completed. */
function digestOf(sender: number): Hex {
  return `0x${createHash("sha256").update(`blob of ${sender}`).digest("hex")}`;
}
