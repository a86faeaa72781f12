import { hexToBytes } from "viem";
import { decodeStatement, MalformedStatementError, type Statement } from "../../protocol/index.ts";
import { NodeAnswerError } from "../clientErrors.ts";
import { askNode, type NodeOutput, nodeClientOf } from "../node/nodeClient.ts";
import { readPages } from "../node/readPages.ts";
import type { FollowOptions } from "./waitForInput.ts";

/** More outputs than one request can have. */
const MAX_OUTPUTS = 1_000;

export interface Answer {
  /** The statement about the requested derivation; those about its dependencies come before. */
  statement: Statement | undefined;
  /** The output indexes of the vouchers that record the outputs. */
  voucherIndexes: bigint[];
}

/** The outputs that the machine made of an input, as a node tells them. */
export async function readAnswer({ machine, inputIndex, signal }: FollowOptions): Promise<Answer> {
  const client = nodeClientOf(machine, { signal });
  const { application } = machine;
  const pages = readPages(
    (page) => askNode(() => client.listOutputs({ application, inputIndex, ...page }), signal),
    MAX_OUTPUTS,
  );
  let notice: NodeOutput["decodedData"] = null;
  const voucherIndexes: bigint[] = [];
  for await (const { index, decodedData } of pages) {
    if (decodedData?.type === "Notice") {
      notice = decodedData;
    } else if (decodedData?.type === "Voucher") {
      voucherIndexes.push(index);
    }
  }
  return { statement: notice ? decode(notice.payload) : undefined, voucherIndexes };
}

function decode(payload: `0x${string}`): Statement {
  try {
    return decodeStatement(hexToBytes(payload));
  } catch (cause) {
    if (cause instanceof MalformedStatementError) {
      throw new NodeAnswerError("the machine's notice is not a statement", {
        cause,
        details: cause.shortMessage,
      });
    }
    throw cause;
  }
}
