import { db } from "ponder:api";
import { claim, output, request, voucher } from "ponder:schema";
import { z } from "@hono/zod-openapi";
import { and, asc, eq, inArray } from "ponder";
import { applicationAbi, iConsensusAbi, inputBoxAbi } from "../../../../abi/index.ts";
import { deploymentOf, readSettings } from "../../../settings.ts";
import { RequestError } from "../limits/requestError.ts";
import { askNodeAbout, nodesWordShape } from "../node/nodesWord.ts";
import { chainOf } from "./chains.ts";
import { checkCall } from "./checkCall.ts";
import { behind, makePage, orderBy, pageOf, paging } from "./paging.ts";
import { type Api, addRoute } from "./route.ts";
import { address, chainId, check, count, hex, index, place, time } from "./shapes.ts";

const settings = readSettings(process.env);

/** An input may have more vouchers and outputs than anybody wants to see at once. */
const MAX_OF_REQUEST = 200;

const requestFields = {
  ...place,
  application: hex,
  inputIndex: count,
  kind: z.enum(["upload", "build", "rebuild", "unknown"]),
  sender: hex.nullable(),
  bundle: hex.nullable(),
  drvPath: z.string().nullable(),
  payloadBytes: z.number().int(),
  status: z.enum(["submitted", "claimed", "challenged", "accepted", "executed"]),
  epoch: z
    .object({
      number: count,
      firstBlock: count,
      lastBlock: count.openapi({ description: "a claim for the epoch names this block" }),
    })
    .openapi({ description: "the epoch whose claim carries the input" }),
  submittedAt: time,
  check,
};
const requestShape = z.object(requestFields).openapi("Request");

const step = z
  .object({
    step: z.enum(["submitted", "claimed", "accepted", "executed"]),
    at: time,
    blockNumber: count.nullable(),
    transactionHash: hex,
    check,
  })
  .openapi("Step");

const wholeRequest = z
  .object({
    ...requestFields,
    steps: z.array(step).openapi({ description: "in the order in which a request takes them" }),
    outputs: z.array(
      z.object({
        pathKey: hex,
        storePath: z.string().nullable(),
        narHash: z.string(),
        outputIndex: count.nullable(),
      }),
    ),
    node: nodesWordShape,
  })
  .openapi("WholeRequest");

const ORDER = {
  columns: [request.inputIndex],
  direction: "desc",
  keyOf: (row: typeof request.$inferSelect) => [row.inputIndex],
} as const;

export function addRequests(api: Api): void {
  addRoute(
    api,
    {
      path: "/chains/{chainId}/applications/{address}/requests",
      tag: "requests",
      summary: "What was sent to an application, the newest first",
      params: { chainId, address },
      query: paging,
      answer: pageOf(requestShape),
    },
    async ({ chainId: chain, address: application, limit, after }) => {
      const rows = await db
        .select()
        .from(request)
        .where(
          and(eq(request.chainId, chain), eq(request.applicationAddress, application), behind(ORDER, after)),
        )
        .orderBy(...orderBy(ORDER))
        .limit(limit + 1);
      return makePage(ORDER, rows, limit, formatRequest);
    },
  );
  addRoute(
    api,
    {
      path: "/chains/{chainId}/applications/{address}/requests/{inputIndex}",
      question: "requestLife",
      tag: "requests",
      summary: "A request's whole life, as the chain shows it",
      description: "The chain does not show why a machine rejected a request: ask a node.",
      params: { chainId, address, inputIndex: index },
      answer: wholeRequest,
    },
    async ({ chainId: chain, address: application, inputIndex }) => {
      const [row] = await db
        .select()
        .from(request)
        .where(
          and(
            eq(request.chainId, chain),
            eq(request.applicationAddress, application),
            eq(request.inputIndex, inputIndex),
          ),
        );
      if (row === undefined) {
        throw new RequestError(404, `${application} has no input ${inputIndex} on chain ${chain} here`, {
          remedy: "wait until its block is indexed, or check that the application is one of the configured",
        });
      }
      const [steps, outputs, node] = await Promise.all([stepsOf(row), outputsOf(row), askNodeAbout(row)]);
      return { ...formatRequest(row), steps, outputs, node };
    },
  );
}

type RequestRow = typeof request.$inferSelect;

function formatRequest(row: RequestRow) {
  const { chainId: chain, applicationAddress: application, blockNumber, inputIndex } = row;
  const { blockHash, logIndex, transactionHash, kind, sender, bundle, drvPath, payloadBytes, status } = row;
  const deployment = deploymentOf(settings, chain, application);
  const length = BigInt(deployment?.epochLength ?? 1);
  const asked = [application, inputIndex] as const;
  return {
    ...{ chainId: chain, blockNumber, blockHash, logIndex, transactionHash },
    ...{ application, inputIndex, kind, sender, bundle, drvPath, payloadBytes, status },
    epoch: { number: row.epoch, firstBlock: row.epoch * length, lastBlock: (row.epoch + 1n) * length - 1n },
    submittedAt: row.submittedAt,
    check: checkCall(chainOf(chain).inputBox, inputBoxAbi, "getInputHash", asked),
  };
}

async function stepsOf(row: RequestRow) {
  const { chainId: chain, applicationAddress: application, inputIndex } = row;
  const ids = [row.claimId, row.acceptedClaimId].filter((id) => id !== null);
  const [claims, vouchers] = await Promise.all([
    ids.length === 0 ? [] : db.select().from(claim).where(inArray(claim.id, ids)),
    db
      .select()
      .from(voucher)
      .where(
        and(
          eq(voucher.chainId, chain),
          eq(voucher.applicationAddress, application),
          eq(voucher.inputIndex, inputIndex),
        ),
      )
      .orderBy(asc(voucher.outputIndex))
      .limit(MAX_OF_REQUEST),
  ]);
  const first = claims.find(({ id }) => id === row.claimId);
  const accepted = claims.find(({ id }) => id === row.acceptedClaimId);
  const checkClaim = ({ consensus, outputsMerkleRoot }: typeof claim.$inferSelect) =>
    checkCall(consensus, iConsensusAbi, "isOutputsMerkleRootValid", [application, outputsMerkleRoot]);
  return [
    {
      ...{ step: "submitted", at: row.submittedAt, blockNumber: row.blockNumber },
      transactionHash: row.transactionHash,
      check: formatRequest(row).check,
    },
    ...(first?.submittedAt
      ? [
          {
            ...{ step: "claimed", at: first.submittedAt, blockNumber: first.blockNumber },
            transactionHash: first.submittedIn!,
            check: checkClaim(first),
          },
        ]
      : []),
    ...(accepted?.acceptedAt
      ? [
          {
            ...{ step: "accepted", at: accepted.acceptedAt, blockNumber: accepted.acceptedBlock },
            transactionHash: accepted.acceptedIn!,
            check: checkClaim(accepted),
          },
        ]
      : []),
    ...vouchers.map(({ executedAt, blockNumber, transactionHash, outputIndex }) => ({
      ...{ step: "executed", at: executedAt, blockNumber, transactionHash },
      check: checkCall(application, applicationAbi, "wasOutputExecuted", [outputIndex]),
    })),
  ];
}

async function outputsOf({ chainId: chain, applicationAddress: application, inputIndex }: RequestRow) {
  return db
    .select({
      ...{ pathKey: output.pathKey, storePath: output.storePath },
      ...{ narHash: output.narHash, outputIndex: output.outputIndex },
    })
    .from(output)
    .where(
      and(
        eq(output.chainId, chain),
        eq(output.applicationAddress, application),
        eq(output.inputIndex, inputIndex),
      ),
    )
    .orderBy(asc(output.pathKey))
    .limit(MAX_OF_REQUEST);
}
