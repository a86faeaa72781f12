import { createHash } from "node:crypto";
import type { Mutant } from "./generateMutants.ts";

/** Puts mutants into an order that only the seed and their text decide, and returns the first of them, or all. */
export function sampleMutants(mutants: readonly Mutant[], seed: number, count?: number): Mutant[] {
  const rank = (mutant: Mutant) => createHash("sha256").update(`${seed}\n${mutant.source}`).digest("hex");
  return mutants
    .map((mutant) => ({ mutant, rank: rank(mutant) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ mutant }) => mutant);
}
