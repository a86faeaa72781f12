import type { Hash } from "viem";
import { numberToHex } from "viem";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import { bytesOf } from "../model/bytes.ts";
import { type OutputsEdge, outputsEdge, proveOutput } from "../model/outputsTree.ts";
import { readApplicationState } from "../store/applicationTable.ts";
import { processedInputCount } from "../store/inputsTable.ts";
import { type Condition, type ListQuery, listRows, type Row } from "../store/listRows.ts";
import type { Store } from "../store/openStore.ts";
import { outputNodes } from "../store/outputNodesTable.ts";
import { INSPECT_MAX_CYCLES } from "./inspector.ts";
import type { Methods } from "./jsonRpc.ts";
import { notFound, type Page, Params } from "./params.ts";
import { presentApplication, presentEpoch, presentInput, presentOutput, presentReport } from "./present.ts";

const EPOCH_STATUSES = [
  "OPEN",
  "CLOSED",
  "INPUTS_PROCESSED",
  "CLAIM_COMPUTED",
  "CLAIM_SUBMITTED",
  "CLAIM_ACCEPTED",
  "CLAIM_REJECTED",
] as const;

/** The SQL source of each kind of entry. */
const SOURCES = {
  epochs: { select: "*", from: "epoch_states", order: "idx" },
  inputs: { select: "*", from: "inputs", order: "idx" },
  outputs: {
    select: `o.*, i.epoch, e.outputs_after, x.transaction_hash AS execution_transaction, x.created_at AS executed_at`,
    from: `outputs o JOIN inputs i ON i.idx = o.input JOIN epochs e ON e.idx = i.epoch
      LEFT JOIN executions x ON x.output = o.idx`,
    order: "o.idx",
  },
  reports: {
    select: "r.*, i.epoch",
    from: "reports r JOIN inputs i ON i.idx = r.input",
    order: "r.idx",
  },
} as const satisfies Record<string, Pick<ListQuery, "select" | "from" | "order">>;

const PAGE_PARAMETERS = ["limit", "offset", "descending"] as const;

export interface MethodContext {
  store: Store;
  application: ApplicationInfo;
  version: string;
}

/**
 * The `cartesi_*` methods of the Cartesi node, in the shapes that `@cartesi/rpc` 2.0.0-alpha.20 declares. The methods
 * about disputes (tournaments, commitments, matches) return empty lists or "not found".
 */
export function createMethods({ store, application, version }: MethodContext): Methods {
  const describeApplication = () =>
    presentApplication(application, readApplicationState(store), {
      processedInputs: processedInputCount(store),
      inspectMaxCycles: INSPECT_MAX_CYCLES,
    });

  /** Parses a method's parameters and checks that they name our application. */
  const ofApplication =
    (positions: readonly string[], answer: (params: Params) => unknown) => (given: unknown) => {
      const params = new Params(given, ["application", ...positions]);
      params.application(application.address);
      return answer(params);
    };

  const list = <T>(
    source: keyof typeof SOURCES,
    filters: readonly string[],
    where: (params: Params) => readonly Condition[],
    present: (row: Row) => T,
  ) =>
    ofApplication([...filters, ...PAGE_PARAMETERS], (params) => {
      const page = params.page();
      const { rows, total, limit } = listRows(store, { ...SOURCES[source], where: where(params), ...page });
      return listAnswer(rows.map(present), total, { ...page, limit });
    });

  const one = <T>(source: keyof typeof SOURCES, parameter: string, what: string, present: (row: Row) => T) =>
    ofApplication([parameter], (params) => {
      const where: Condition[] = [[`${SOURCES[source].order} = ?`, params.index(parameter)]];
      const [row] = listRows(store, {
        ...SOURCES[source],
        where,
        limit: 1n,
        offset: 0n,
        descending: false,
      }).rows;
      if (row === undefined) {
        throw notFound(what);
      }
      return { data: present(row) };
    });

  const none = (positions: readonly string[]) =>
    ofApplication([...positions, ...PAGE_PARAMETERS], (params) => listAnswer([], 0n, params.page()));
  const noSuch = (what: string) =>
    ofApplication(["epoch_index", "tournament_address", "address", "id_hash"], () => {
      throw notFound(what);
    });

  const nodes = outputNodes(store);
  let lastEdge: OutputsEdge | undefined;
  const siblingsOf = (row: Row): Hash[] | null => {
    if (row.outputs_after === null) {
      return null;
    }
    const size = row.outputs_after as bigint;
    const edge = lastEdge?.size === size ? lastEdge : outputsEdge(nodes, size);
    lastEdge = edge;
    return proveOutput(nodes, edge, row.idx as bigint);
  };
  const withProof = (row: Row) => presentOutput(row, siblingsOf(row));

  return new Map<string, (params: unknown) => unknown>([
    [
      "cartesi_listApplications",
      (given) => {
        const page = new Params(given, PAGE_PARAMETERS).page();
        const all = [describeApplication()];
        return listAnswer(page.offset === 0n ? all : [], 1n, page);
      },
    ],
    ["cartesi_getApplication", ofApplication([], () => ({ data: describeApplication() }))],
    [
      "cartesi_listEpochs",
      list(
        "epochs",
        ["status"],
        (params) => [["status = ?", params.optionalOneOf("status", EPOCH_STATUSES)]],
        presentEpoch,
      ),
    ],
    ["cartesi_getEpoch", one("epochs", "epoch_index", "Epoch", presentEpoch)],
    [
      "cartesi_getLastAcceptedEpochIndex",
      ofApplication([], () => {
        const row = store.sql.get`
          SELECT idx FROM epoch_states WHERE status = 'CLAIM_ACCEPTED' ORDER BY idx DESC LIMIT 1`;
        if (row === undefined) {
          throw notFound("Epoch");
        }
        return { data: numberToHex(row.idx as bigint) };
      }),
    ],
    [
      "cartesi_listInputs",
      list(
        "inputs",
        ["epoch_index", "sender"],
        (params) => [
          ["epoch = ?", params.optionalIndex("epoch_index")],
          ["sender = ?", optionalBytesOf(params.optionalAddress("sender"))],
        ],
        presentInput,
      ),
    ],
    ["cartesi_getInput", one("inputs", "input_index", "Input", presentInput)],
    [
      "cartesi_getProcessedInputCount",
      ofApplication([], () => ({ data: numberToHex(processedInputCount(store)) })),
    ],
    [
      "cartesi_listOutputs",
      list(
        "outputs",
        ["epoch_index", "input_index", "output_type", "voucher_address"],
        (params) => [
          ["i.epoch = ?", params.optionalIndex("epoch_index")],
          ["o.input = ?", params.optionalIndex("input_index")],
          ["o.selector = ?", optionalBytesOf(params.optionalBytes("output_type", 4))],
          ["o.destination = ?", optionalBytesOf(params.optionalAddress("voucher_address"))],
        ],
        withProof,
      ),
    ],
    ["cartesi_getOutput", one("outputs", "output_index", "Output", withProof)],
    [
      "cartesi_listReports",
      list(
        "reports",
        ["epoch_index", "input_index"],
        (params) => [
          ["i.epoch = ?", params.optionalIndex("epoch_index")],
          ["r.input = ?", params.optionalIndex("input_index")],
        ],
        presentReport,
      ),
    ],
    ["cartesi_getReport", one("reports", "report_index", "Report", presentReport)],
    ["cartesi_listTournaments", none(["epoch_index", "level"])],
    ["cartesi_listCommitments", none(["epoch_index", "tournament_address"])],
    ["cartesi_listMatches", none(["epoch_index", "tournament_address"])],
    ["cartesi_listMatchAdvances", none(["epoch_index", "tournament_address", "id_hash"])],
    ["cartesi_getTournament", noSuch("Tournament")],
    ["cartesi_getCommitment", noSuch("Commitment")],
    ["cartesi_getMatch", noSuch("Match")],
    ["cartesi_getMatchAdvanced", noSuch("Match advance")],
    ["cartesi_getChainId", () => ({ data: numberToHex(application.chainId) })],
    ["cartesi_getNodeVersion", () => ({ data: version })],
  ]);
}

function listAnswer<T>(data: T[], total: bigint, { limit, offset }: Pick<Page, "limit" | "offset">) {
  return {
    data,
    pagination: { total_count: Number(total), limit: Number(limit), offset: Number(offset) },
  };
}

function optionalBytesOf(hex: `0x${string}` | undefined): Uint8Array | undefined {
  return hex === undefined ? undefined : bytesOf(hex);
}
