import { setTimeout as pause } from "node:timers/promises";
import type { Indexer } from "../../../indexer/index.ts";
import type { BenchFigure } from "../../bench.ts";
import { CHAIN_ID, DEPLOYMENT } from "../chain/deployment.ts";
import { packageNameOf, type Scale, storePathOf } from "../chain/outputs.ts";
import { forgetPeakMemory, peakMemoryBytes } from "../indexing.ts";
import { attack } from "./hostile.ts";
import { createHttpClient, type HttpClient } from "./httpClient.ts";
import { type Lookup, lookupsOf } from "./lookups.ts";
import { timeRequests } from "./timings.ts";

/** How many lookups there are at most; fewer of fewer outputs, so that a test may run this. */
const MAX_LOOKUPS = 5_000;
const OUTPUTS_PER_LOOKUP = 20;
const AT_ONCE = 16;
const SEARCHES = 100;
const CLOSURES = 20;
const HONEST_LOOKUPS = 200;
/** How long hostile requests run before lookups join them. */
const UNDER_WAY_MS = 1_000;
const MEGABYTE_BYTES = 1e6;

/** What requests must reach. */
const TARGETS = {
  lookupMs: 5,
  lookupsPerSecond: 1_500,
  concurrentLookupMs: 20,
  searchMs: 10,
  closureMs: 120,
  honestMs: 100,
  hostileMemoryMb: 1_500,
};

export async function measureRequests(indexer: Indexer, scale: Scale): Promise<BenchFigure[]> {
  const client = createHttpClient(indexer.url);
  const lookups = lookupsOf(client, scale);
  const figures = [
    ...(await measureLookups("GraphQL", lookups.graphql, scale)),
    ...(await measureLookups("REST", lookups.rest, scale)),
    ...(await measureSearches(client, scale)),
    ...(await measureAmongHostile(indexer, lookups.graphql)),
  ];
  client.close();
  return figures;
}

async function measureLookups(name: string, send: Lookup, { outputs }: Scale): Promise<BenchFigure[]> {
  const count = Math.min(MAX_LOOKUPS, outputs / OUTPUTS_PER_LOOKUP);
  const answers = "sha256-";
  await timeRequests({ count, atOnce: AT_ONCE, send, answers });
  const single = await timeRequests({ count: count / 10, atOnce: 1, send, answers });
  const together = await timeRequests({ count, atOnce: AT_ONCE, send, answers });
  return [
    milliseconds(`${name} lookup, 95 %`, single.p95Ms, TARGETS.lookupMs),
    {
      metric: `${name} lookups, ${AT_ONCE} at once / target`,
      unit: "1/s",
      ours: together.perSecond,
      other: TARGETS.lookupsPerSecond,
    },
    milliseconds(`${name} lookup, ${AT_ONCE} at once, 95 %`, together.p95Ms, TARGETS.concurrentLookupMs),
  ];
}

async function measureSearches(client: HttpClient, scale: Scale): Promise<BenchFigure[]> {
  const root = storePathOf({ closure: 0, member: 0 }).slice("/nix/store/".length);
  const { application } = DEPLOYMENT;
  const asked = [
    {
      metric: `closure of ${scale.closure} outputs, 95 %`,
      ...{
        count: CLOSURES,
        target: TARGETS.closureMs,
        answers: storePathOf({ closure: 0, member: scale.closure - 1 }),
      },
      pathOf: () => `/v1/chains/${CHAIN_ID}/applications/${application}/closures/${root}`,
    },
    {
      metric: "search by the beginning of a name, 95 %",
      ...{ count: SEARCHES, target: TARGETS.searchMs, answers: "sha256-" },
      pathOf: (number: number) => `/v1/outputs?name=${packageNameOf(number % scale.closure)}-1`,
    },
    {
      metric: "latest 20 outputs, 95 %",
      ...{ count: SEARCHES, target: TARGETS.searchMs, answers: "sha256-" },
      pathOf: () => "/v1/outputs",
    },
    {
      metric: "latest 20 conflicts, 95 %",
      ...{ count: SEARCHES, target: TARGETS.searchMs, answers: "firstNarHash" },
      pathOf: () => "/v1/conflicts",
    },
  ];
  const figures: BenchFigure[] = [];
  for (const { metric, count, target, answers, pathOf } of asked) {
    const send = (number: number) => client.get(pathOf(number));
    await timeRequests({ count: count / 10, atOnce: 1, send, answers });
    const { p95Ms } = await timeRequests({ count, atOnce: 1, send, answers });
    figures.push(milliseconds(metric, p95Ms, target));
  }
  return figures;
}

async function measureAmongHostile(indexer: Indexer, lookup: Lookup): Promise<BenchFigure[]> {
  await forgetPeakMemory(indexer);
  const hostile = createHttpClient(indexer.url);
  const end = new AbortController();
  const attacks = attack(hostile, indexer.url, end.signal);
  await pause(UNDER_WAY_MS);
  const { p95Ms } = await timeRequests({
    count: HONEST_LOOKUPS,
    atOnce: 1,
    send: lookup,
    answers: "sha256-",
  });
  end.abort();
  await attacks;
  hostile.close();
  return [
    milliseconds("GraphQL lookup among ten hostile requests, 95 %", p95Ms, TARGETS.honestMs),
    {
      metric: "peak memory among hostile requests / target",
      unit: "MB",
      ours: (await peakMemoryBytes(indexer)) / MEGABYTE_BYTES,
      other: TARGETS.hostileMemoryMb,
    },
  ];
}

function milliseconds(metric: string, ours: number, target: number): BenchFigure {
  return { metric: `${metric} / target`, unit: "ms", ours, other: target };
}
