import type { Bench, BenchFigure } from "./bench.ts";
import { measureHashing } from "./client/hashing.ts";
import { measureLookup } from "./client/lookup.ts";
import { measureServing } from "./client/serving.ts";
import { measureVerifying } from "./client/verifying.ts";

const SECTIONS = [measureHashing, measureLookup, measureServing, measureVerifying];

const bench: Bench = {
  description:
    "hashing against nix hash path, lookups against an empty program, verifying against hashing, serve against static files",
  async run(progress) {
    const figures: BenchFigure[] = [];
    for (const measure of SECTIONS) {
      figures.push(...(await measure(progress)));
    }
    return figures;
  },
};

export default bench;
