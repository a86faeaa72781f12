import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployLocal, startLocalChain } from "../deploy/index.ts";
import { makeTemplate } from "../machine/image/index.ts";
import type { Bench, BenchFigure } from "./bench.ts";
import { CLAIMER_KEY, SENDERS, sendLoad } from "./load/sendLoad.ts";
import { type Figures, startWatchedNode, type TakenInput } from "./load/startWatchedNode.ts";

const INPUTS = 1_000;
const EPOCH_LENGTH = 100;
/** The inputs around the 10th, and as many up to the last, leaving out the first, which pages the machine in. */
const WINDOW = 50;
const TARGET_MILLISECONDS = 100;

const bench: Bench = {
  description: `${INPUTS} small inputs of ${SENDERS} senders through the node, the last ${WINDOW} against the first ${WINDOW} and against the target`,
  async run(progress) {
    const template = await makeTemplate({ progress });
    await using running = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "cartenix-load-"));
    running.defer(() => rm(folder, { recursive: true, force: true }));
    const chain = await startLocalChain();
    running.defer(() => chain.stop());
    const { rpcUrl } = chain;
    const { templateHash } = template;
    const deployment = await deployLocal({ rpcUrl, templateHash, epochLength: EPOCH_LENGTH });
    const { application, inputBox } = deployment;
    const options = { rpcUrl, application, template: template.directory, data: join(folder, "data") };
    const node = await startWatchedNode({ ...options, claimerKey: CLAIMER_KEY });
    running.defer(() => node.stop());

    const stage = progress.stage(`${INPUTS} inputs`);
    await sendLoad({ rpcUrl, application, inputBox, count: 2 * WINDOW });
    await node.taken(2 * WINDOW);
    const early = await node.figures();
    const sending = sendLoad({ rpcUrl, application, inputBox, count: INPUTS, from: 2 * WINDOW });
    const late = await node.taken(INPUTS, (count) => stage.update(`${count} taken`));
    await sending;
    stage.done();
    return figuresOf(late, early, await node.figures());
  },
};

export default bench;

function figuresOf(inputs: readonly TakenInput[], early: Figures, late: Figures): BenchFigure[] {
  const milliseconds = (list: readonly TakenInput[]) => list.map((input) => input.milliseconds);
  const all = milliseconds(inputs);
  const accepted = milliseconds(inputs.filter(({ status }) => status === "ACCEPTED"));
  const rejected = milliseconds(inputs.filter(({ status }) => status === "REJECTED"));
  const first = milliseconds(inputs.slice(1, 1 + WINDOW));
  const last = milliseconds(inputs.slice(-WINDOW));
  const between = inputs.slice(2 * WINDOW);
  const seconds = (between.at(-1)!.at - between[0]!.at) / 1e3;
  const target = (metric: string, ours: number) => ({ metric, unit: "ms", ours, other: TARGET_MILLISECONDS });
  const grown = (late.databaseBytes - early.databaseBytes) / (INPUTS - 2 * WINDOW);
  const MB = 1e6;
  return [
    {
      metric: "inputs a second / one in the target's time",
      unit: "1/s",
      ours: (between.length - 1) / seconds,
      other: 1e3 / TARGET_MILLISECONDS,
    },
    target("host time of an input, median / target", quantile(all, 0.5)),
    target("host time of an input, 95 % / target", quantile(all, 0.95)),
    target("accepted, median / target", quantile(accepted, 0.5)),
    target("rejected, median / target", quantile(rejected, 0.5)),
    {
      metric: `median of the last ${WINDOW} / of the first`,
      unit: "ms",
      ours: quantile(last, 0.5),
      other: quantile(first, 0.5),
    },
    {
      metric: `fastest quarter of the last ${WINDOW} / of the first`, // less of what else the computer does
      unit: "ms",
      ours: quantile(last, 0.25),
      other: quantile(first, 0.25),
    },
    {
      metric: `cycles of an accepted one of the last ${WINDOW} / of the first`,
      unit: "million",
      ours: millionCycles(inputs.slice(-WINDOW)),
      other: millionCycles(inputs.slice(1, 1 + WINDOW)),
    },
    {
      metric: "node's memory after 1,000 / after 100",
      unit: "MB",
      ours: late.nodeBytes / MB,
      other: early.nodeBytes / MB,
    },
    {
      metric: "emulator's memory after 1,000 / after 100",
      unit: "MB",
      ours: late.emulatorBytes / MB,
      other: early.emulatorBytes / MB,
    },
    {
      metric: "database an input, the last 900 / on average",
      unit: "bytes",
      ours: grown,
      other: late.databaseBytes / INPUTS,
    },
  ];
}

function millionCycles(inputs: readonly TakenInput[]): number {
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
