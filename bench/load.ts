import { join } from "node:path";
import { deployLocal, startLocalChain } from "../deploy/index.ts";
import { makeTemplate } from "../machine/image/index.ts";
import { makeScratchFolder } from "../machine/packages/index.ts";
import type { Bench, BenchFigure } from "./bench.ts";
import { CLAIMER_KEY, SENDERS, sendLoad } from "./load/sendLoad.ts";
import { type Figures, type ProcessedInput, startWatchedNode } from "./load/startWatchedNode.ts";

const INPUT_COUNT = 1_000;
const EPOCH_LENGTH_BLOCKS = 100;
/** How many inputs at the start and at the end are compared. The very first is left out: it pages the machine in. */
const WINDOW = 50;
const TARGET_MS = 100;
const MEGABYTE_BYTES = 1e6;

const bench: Bench = {
  description: `${INPUT_COUNT} small inputs from ${SENDERS} senders through the node, the last ${WINDOW} against the first ${WINDOW} and against the target`,
  async run(progress) {
    const template = await makeTemplate({ progress });
    await using running = new AsyncDisposableStack();
    const folder = running.use(makeScratchFolder("load"));
    const chain = await startLocalChain();
    running.defer(() => chain.stop());
    const { rpcUrl } = chain;
    const { templateHash } = template;
    const deployment = await deployLocal({ rpcUrl, templateHash, epochLength: EPOCH_LENGTH_BLOCKS });
    const { application, inputBox } = deployment;
    const options = { rpcUrl, application, template: template.directory, data: join(folder.path, "data") };
    const node = await startWatchedNode({ ...options, claimerKey: CLAIMER_KEY });
    running.defer(() => node.stop());

    const stage = progress.stage(`${INPUT_COUNT} inputs`);
    await sendLoad({ rpcUrl, application, inputBox, count: 2 * WINDOW });
    await node.processed(2 * WINDOW);
    const early = await node.figures();
    const sending = sendLoad({ rpcUrl, application, inputBox, count: INPUT_COUNT, from: 2 * WINDOW });
    const late = await node.processed(INPUT_COUNT, (count) => stage.update(`${count} processed`));
    await sending;
    stage.done();
    return figuresOf(late, early, await node.figures());
  },
};

export default bench;

function figuresOf(inputs: readonly ProcessedInput[], early: Figures, late: Figures): BenchFigure[] {
  const milliseconds = (list: readonly ProcessedInput[]) => list.map((input) => input.milliseconds);
  const all = milliseconds(inputs);
  const accepted = milliseconds(inputs.filter(({ status }) => status === "ACCEPTED"));
  const rejected = milliseconds(inputs.filter(({ status }) => status === "REJECTED"));
  const first = milliseconds(inputs.slice(1, 1 + WINDOW));
  const last = milliseconds(inputs.slice(-WINDOW));
  const between = inputs.slice(2 * WINDOW);
  const seconds = (between.at(-1)!.at - between[0]!.at) / 1e3;
  const target = (metric: string, ours: number) => ({ metric, unit: "ms", ours, other: TARGET_MS });
  const grown = (late.databaseBytes - early.databaseBytes) / (INPUT_COUNT - 2 * WINDOW);
  return [
    {
      metric: "inputs per second / at the target time per input",
      unit: "1/s",
      ours: (between.length - 1) / seconds,
      other: 1e3 / TARGET_MS,
    },
    target("host time of an input, median / target", quantile(all, 0.5)),
    target("host time of an input, 95 % / target", quantile(all, 0.95)),
    target("accepted, median / target", quantile(accepted, 0.5)),
    target("rejected, median / target", quantile(rejected, 0.5)),
    {
      metric: `median of the last ${WINDOW} / first ${WINDOW}`,
      unit: "ms",
      ours: quantile(last, 0.5),
      other: quantile(first, 0.5),
    },
    {
      metric: `fastest quarter of the last ${WINDOW} / first ${WINDOW}`, // less affected by other load on the computer
      unit: "ms",
      ours: quantile(last, 0.25),
      other: quantile(first, 0.25),
    },
    {
      metric: `cycles of an accepted input, last ${WINDOW} / first ${WINDOW}`,
      unit: "million",
      ours: millionCycles(inputs.slice(-WINDOW)),
      other: millionCycles(inputs.slice(1, 1 + WINDOW)),
    },
    {
      metric: "node's memory after 1,000 / after 100",
      unit: "MB",
      ours: late.nodeBytes / MEGABYTE_BYTES,
      other: early.nodeBytes / MEGABYTE_BYTES,
    },
    {
      metric: "emulator's memory after 1,000 / after 100",
      unit: "MB",
      ours: late.emulatorBytes / MEGABYTE_BYTES,
      other: early.emulatorBytes / MEGABYTE_BYTES,
    },
    {
      metric: "database growth per input, last 900 / average",
      unit: "bytes",
      ours: grown,
      other: late.databaseBytes / INPUT_COUNT,
    },
  ];
}

function millionCycles(inputs: readonly ProcessedInput[]): number {
  const accepted = inputs.filter(({ status }) => status === "ACCEPTED");
  return (
    quantile(
      accepted.map(({ cycles }) => cycles),
      0.5,
    ) / 1e6
  );
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
}
