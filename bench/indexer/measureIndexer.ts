import type { Indexer } from "../../indexer/index.ts";
import type { Progress } from "../../support/index.ts";
import type { BenchFigure } from "../bench.ts";
import { BenchError } from "../benchError.ts";
import { type Scale, scaleOf } from "./chain/outputs.ts";
import { type ScaleChain, startScaleChain } from "./chain/startScaleChain.ts";
import { makePglite, makePostgres } from "./databases.ts";
import { countOf, peakMemoryBytes, startIndexed, until } from "./indexing.ts";
import { readRaw } from "./raw/readRaw.ts";
import { measureRequests } from "./requests/measureRequests.ts";

const MEGABYTE_BYTES = 1e6;
const MAX_MEMORY_MB = 1_000;
const MAX_CONFLICTS_SECONDS = 1;

const DATABASES = {
  postgres: { name: "Postgres", make: makePostgres },
  pglite: { name: "PGlite", make: makePglite },
};

type DatabaseKind = keyof typeof DATABASES;

interface Options {
  progress: Progress;
  /** The last one also answers requests. */
  databases: readonly DatabaseKind[];
  /** Whether to index a second time, with what Ponder has of the chain. */
  again: boolean;
}

/** Indexes a chain with so many outputs, and sends requests. */
export async function measureIndexer(
  outputs: number,
  { progress, databases, again }: Options,
): Promise<BenchFigure[]> {
  await using running = new AsyncDisposableStack();
  const scale = scaleOf(outputs);
  const timed = async <Value>(name: string, work: () => Promise<Value>): Promise<Value> => {
    const stage = progress.stage(name);
    const value = await work();
    stage.done();
    return value;
  };
  const chain = await timed(`a chain with ${outputs} outputs`, () => startScaleChain(outputs));
  running.defer(() => chain.stop());
  const raw = await timed("reading and decoding its logs", () => readRaw(chain));

  const figures: BenchFigure[] = [];
  for (const kind of databases) {
    const { name, make } = DATABASES[kind];
    await using database = await make();
    const index = async (metric: string): Promise<Indexer> => {
      const { indexer, seconds } = await startIndexed(chain, database.settings);
      await requireAll(indexer, scale);
      figures.push(
        { metric: `${metric} / raw`, unit: "s", ours: seconds, other: raw.seconds },
        memory(`peak memory, ${metric}`, await peakMemoryBytes(indexer), MAX_MEMORY_MB),
      );
      return indexer;
    };
    let indexer = await timed(`indexing on ${name}`, () => index(`indexing from empty on ${name}`));
    if (again) {
      await indexer.stop();
      await database.dropIndexed();
      indexer = await timed(`indexing again on ${name}`, () =>
        index(`indexing on ${name}, RPC cache filled`),
      );
    }
    if (kind === databases.at(-1)) {
      figures.push(
        ...(await timed("requests", () => measureRequests(indexer, scale))),
        await timed("conflicts", () => measureConflicts(indexer, { chain, scale })),
      );
    }
    await indexer.stop();
  }
  return figures;
}

function memory(metric: string, bytes: number, target: number): BenchFigure {
  return { metric: `${metric} / target`, unit: "MB", ours: bytes / MEGABYTE_BYTES, other: target };
}

/** @throws {BenchError} when not all that is on the chain was indexed. */
async function requireAll(indexer: Indexer, scale: Scale): Promise<void> {
  for (const [table, expected] of [
    ["outputs", scale.outputs],
    ["conflicts", scale.repeated],
  ] as const) {
    const found = await countOf(indexer, table);
    if (found !== expected) {
      throw new BenchError(`the indexer has ${found} ${table} instead of ${expected}`);
    }
  }
}

async function measureConflicts(
  indexer: Indexer,
  { chain, scale }: { chain: ScaleChain; scale: Scale },
): Promise<BenchFigure> {
  const before = await countOf(indexer, "conflicts");
  const startedAt = performance.now();
  chain.goOn();
  await until(async () => (await countOf(indexer, "conflicts")) >= before + scale.repeated);
  return {
    metric: `${scale.repeated} conflicts while running / target`,
    unit: "s",
    ours: (performance.now() - startedAt) / 1e3,
    other: MAX_CONFLICTS_SECONDS,
  };
}
