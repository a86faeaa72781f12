import type { Bench, BenchFigure } from "./bench.ts";
import { measureHashing } from "./client/hashing.ts";

const SECTIONS = [measureHashing];

const bench: Bench = {
  description: "hashing what is on the disk against nix hash path",
  async run(progress) {
    const figures: BenchFigure[] = [];
    for (const measure of SECTIONS) {
      figures.push(...(await measure(progress)));
    }
    return figures;
  },
};

export default bench;
