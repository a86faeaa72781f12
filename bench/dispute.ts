import type { Bench, BenchFigure } from "./bench.ts";
import { playRounds } from "./dispute/playRounds.ts";

const MEGABYTE_BYTES = 1e6;

const TARGETS: Readonly<Record<string, { seconds: number }>> = {
  greet: { seconds: 10 },
  hello: { seconds: 150 },
};
const TARGET_BYTES = 1e9;

const bench: Bench = {
  description:
    "what a whole game costs the honest side's machine, against running the inputs once and against the targets",
  async run(progress) {
    const figures: BenchFigure[] = [];
    for (const [name, { seconds }] of Object.entries(TARGETS)) {
      const stage = progress.stage(`all rounds over ${name}`);
      const cost = await playRounds(name);
      stage.done();
      figures.push(
        { metric: `${name}: all rounds / target`, unit: "s", ours: cost.seconds, other: seconds },
        {
          metric: `${name}: all rounds / running it once`,
          unit: "s",
          ours: cost.seconds,
          other: cost.runSeconds,
        },
        {
          metric: `${name}: emulator's peak memory / target`,
          unit: "MB",
          ours: cost.peakBytes / MEGABYTE_BYTES,
          other: TARGET_BYTES / MEGABYTE_BYTES,
        },
      );
    }
    return figures;
  },
};

export default bench;
