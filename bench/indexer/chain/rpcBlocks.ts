import { type Hex, numberToHex, zeroAddress, zeroHash } from "viem";
import type { Block } from "./blocks.ts";
import { blockHashOf } from "./deployment.ts";
import { hashOf } from "./outputs.ts";
import type { Log, Transaction } from "./transactions.ts";

/** A block as JSON-RPC shows it, written once: a server that takes long would make all readers look alike. */
export interface RpcBlock {
  json: string;
  /** With the hashes of its transactions alone. */
  headerJson: string;
  logs: RpcLog[];
}

export interface RpcLog extends Pick<Log, "address" | "topics"> {
  json: string;
}

const NO_BLOOM = `0x${"00".repeat(256)}`;
/** Of logs that may be anything. */
const FULL_BLOOM = `0x${"ff".repeat(256)}`;
const SIGNATURE = { r: hashOf("r"), s: hashOf("s"), v: "0x0", yParity: "0x0" };
const TIMESTAMP_START = 1_700_000_000;

export function makeRpcBlock({ number, transactions }: Block): RpcBlock {
  const place = { blockNumber: numberToHex(number), blockHash: blockHashOf(number) };
  const hashes = transactions.map((_, index) => hashOf(`transaction ${number} ${index}`));
  let logCount = 0;
  const logs = transactions.flatMap((transaction, index) =>
    transaction.logs.map((log) => {
      const json = JSON.stringify({
        ...log,
        ...place,
        transactionHash: hashes[index],
        transactionIndex: numberToHex(index),
        logIndex: numberToHex(logCount++),
        removed: false,
      });
      return { address: log.address.toLowerCase() as Hex, topics: log.topics, json };
    }),
  );
  const shown = transactions.map((transaction, index) => ({
    ...place,
    ...transactionFields(transaction, number),
    hash: hashes[index],
    transactionIndex: numberToHex(index),
  }));
  return { json: blockJson(number, shown), headerJson: blockJson(number, hashes), logs };
}

export function blockJson(number: number, transactions: readonly unknown[] = []): string {
  return JSON.stringify({
    number: numberToHex(number),
    hash: blockHashOf(number),
    parentHash: number === 0 ? zeroHash : blockHashOf(number - 1),
    timestamp: numberToHex(TIMESTAMP_START + 12 * number),
    logsBloom: transactions.length === 0 ? NO_BLOOM : FULL_BLOOM,
    miner: zeroAddress,
    gasUsed: "0x1c9c380",
    gasLimit: "0x2255100",
    baseFeePerGas: "0x3b9aca00",
    nonce: "0x0000000000000000",
    mixHash: hashOf(`mix ${number}`),
    stateRoot: hashOf(`state ${number}`),
    receiptsRoot: hashOf(`receipts ${number}`),
    transactionsRoot: hashOf(`transactions ${number}`),
    sha3Uncles: zeroHash,
    size: "0x10000",
    difficulty: "0x0",
    totalDifficulty: "0x0",
    extraData: "0x",
    uncles: [],
    transactions,
  });
}

function transactionFields({ from, to, input }: Transaction, number: number) {
  return {
    ...{ from, to, input, nonce: numberToHex(number), gas: "0x4c4b40", value: "0x0", type: "0x2" },
    ...{ gasPrice: "0x3b9aca00", maxFeePerGas: "0x77359400", maxPriorityFeePerGas: "0x1", accessList: [] },
    ...SIGNATURE,
  };
}
