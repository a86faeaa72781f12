import type { request } from "ponder:schema";
import { z } from "@hono/zod-openapi";
import { type Address, keccak256, numberToHex, size } from "viem";
import { applicationAbi } from "../../../../abi/index.ts";
import type { NodeOutput } from "../../../../client/index.ts";
import {
  EPOCH_STATUSES,
  epochAnswer,
  INPUT_STATUSES,
  inputAnswer,
  outputPage,
} from "../../../../client/node/nodeShapes.ts";
import type { Report } from "../../../../protocol/index.ts";
import { type NodeSettings, nodeOf, readSettings } from "../../../settings.ts";
import { NODE_TIMEOUT_MS } from "../limits/bounds.ts";
import { runNodeQuestion } from "../limits/lanes.ts";
import { RequestError } from "../limits/requestError.ts";
import { checkCall } from "../rest/checkCall.ts";
import { check, count, hex } from "../rest/shapes.ts";
import { askNode } from "./askNode.ts";
import { NodeFault } from "./nodeFault.ts";
import { readReports } from "./readReports.ts";

const settings = readSettings(process.env);

/** A voucher has up to 100 KB, twice that in hexadecimal digits, and nodes send its payload once more. */
const MAX_OUTPUTS = 15;
/** The bytes of those outputs that are shown whole. */
const MAX_SHOWN_BYTES = 512 * 1024;
/** The last reports have the machine's reason and the end of the log. */
const LAST_REPORTS = 4;
const MAX_REASON_CHARACTERS = 2_000;
const MAX_LOG_CHARACTERS = 16 * 1024;

const silenceShape = z.object({
  source: z.literal("node"),
  problem: z.string().openapi({ description: "why there is no word of the node" }),
});

const outputShape = z.object({
  outputIndex: count,
  type: z.enum(["Voucher", "DelegateCallVoucher", "Notice", "unknown"]),
  destination: hex.nullable(),
  rawData: hex.nullable().openapi({ description: "null where it is too long for this answer: ask the node" }),
  executedIn: hex.nullable(),
  proof: z
    .object({ outputIndex: count, outputHashesSiblings: z.array(hex) })
    .nullable()
    .openapi({ description: "what `executeOutput` needs; null before the epoch's claim is computed" }),
  check: z
    .union([check, z.null()])
    .openapi({ description: "reverts unless the chain has accepted a claim that the proof leads to" }),
});

const wordShape = z.object({
  source: z.literal("node"),
  problem: z.null(),
  status: z.enum(INPUT_STATUSES).nullable().openapi({
    description: "the machine's result, NONE before there is one; null before the node has read the input",
  }),
  reason: z.string().nullable().openapi({ description: "the machine's last message about the input" }),
  machineHash: hex.nullable().openapi({ description: "of the machine after the input" }),
  outputsMerkleRoot: hex.nullable(),
  epochStatus: z.enum(EPOCH_STATUSES).nullable(),
  log: z
    .object({ drvPath: z.string(), end: z.string() })
    .nullable()
    .openapi({ description: "the end of the log of the build that came last" }),
  outputs: z.array(outputShape).openapi({ description: `the input's first outputs, at most ${MAX_OUTPUTS}` }),
  outputsCount: z.number().int(),
});

/** Of an answer about a request. */
export const nodesWordShape = z.union([wordShape, silenceShape, z.null()]).openapi({
  description:
    "What the application's node says and the chain does not; only proofs prove it. Null where no node is configured.",
});

type RequestRow = typeof request.$inferSelect;

/** What an application's node says about an input. That it says nothing, or not what a node says, is an answer, too. */
export async function askNodeAbout(row: RequestRow) {
  const node = nodeOf(settings, row.chainId, row.applicationAddress);
  if (node === undefined) {
    return null;
  }
  try {
    return await runNodeQuestion(() => readWord(node, row));
  } catch (error) {
    if (error instanceof NodeFault || error instanceof RequestError) {
      return { source: "node", problem: error.shortMessage };
    }
    throw error;
  }
}

async function readWord(
  node: NodeSettings,
  { inputIndex, epoch, blockNumber, applicationAddress }: RequestRow,
) {
  const ended = new AbortController();
  const signal = AbortSignal.any([AbortSignal.timeout(NODE_TIMEOUT_MS), ended.signal]);
  const ofInput = { input_index: numberToHex(inputIndex) };
  const ofEpoch = { epoch_index: numberToHex(epoch) };
  const lastReports = { limit: LAST_REPORTS, descending: true };
  try {
    const [input, state, outputs, reports] = await Promise.all([
      askNode(node, "cartesi_getInput", ofInput, inputAnswer, signal),
      askNode(node, "cartesi_getEpoch", ofEpoch, epochAnswer, signal),
      askNode(node, "cartesi_listOutputs", { ...ofInput, limit: MAX_OUTPUTS }, outputPage, signal),
      readReports(node, inputIndex, lastReports, signal),
    ]);
    const items = outputs?.data ?? [];
    const isOfInput =
      (input?.data.index ?? inputIndex) === inputIndex &&
      (input?.data.blockNumber ?? blockNumber) === blockNumber &&
      (state?.data.index ?? epoch) === epoch &&
      items.length <= MAX_OUTPUTS &&
      items.every((item) => item.inputIndex === inputIndex);
    if (!isOfInput) {
      throw new NodeFault("the node speaks of another input: it reads another chain or an older state of it");
    }
    return {
      source: "node",
      problem: null,
      status: input?.data.status ?? null,
      reason: reasonIn(reports),
      machineHash: input?.data.machineHash ?? null,
      outputsMerkleRoot: input?.data.outputsHash ?? null,
      epochStatus: state?.data.status ?? null,
      log: logIn(reports),
      outputs: presentOutputs(applicationAddress, items),
      outputsCount: outputs?.pagination.totalCount ?? 0,
    };
  } finally {
    ended.abort();
  }
}

type Reports = readonly (Report | undefined)[];

/** @param reports The last one first. */
function reasonIn(reports: Reports): string | null {
  const last = reports.find((report) => report !== undefined && "message" in report);
  return last?.message.slice(0, MAX_REASON_CHARACTERS) ?? null;
}

/** @param reports The last one first. */
function logIn(reports: Reports) {
  const pieces = reports.filter((report) => report?.kind === "log");
  const drvPath = pieces[0]?.drvPath;
  if (drvPath === undefined) {
    return null;
  }
  const texts = pieces.filter((piece) => piece.drvPath === drvPath).map(({ text }) => text);
  return { drvPath, end: texts.toReversed().join("").slice(-MAX_LOG_CHARACTERS) };
}

function presentOutputs(application: Address, outputs: readonly NodeOutput[]) {
  let shownBytes = 0;
  return outputs.map((output) => {
    shownBytes += size(output.rawData);
    return presentOutput(application, output, shownBytes <= MAX_SHOWN_BYTES);
  });
}

function presentOutput(application: Address, output: NodeOutput, isShown: boolean) {
  const { index: outputIndex, rawData, decodedData: decoded, outputHashesSiblings: siblings } = output;
  const proof = siblings && { outputIndex, outputHashesSiblings: siblings };
  return {
    outputIndex: String(outputIndex),
    type: decoded?.type ?? ("unknown" as const),
    destination: decoded && "destination" in decoded ? decoded.destination.toLowerCase() : null,
    rawData: isShown ? rawData : null,
    executedIn: output.executionTransactionHash,
    proof: proof && { ...proof, outputIndex: String(outputIndex) },
    check: proof && checkCall(application, applicationAbi, "validateOutputHash", [keccak256(rawData), proof]),
  };
}
