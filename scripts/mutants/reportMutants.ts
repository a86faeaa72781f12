import type { Mutant } from "./generateMutants.ts";
import type { Judged } from "./judgeMutants.ts";
import { type Reason, reasonFor, staleReasons } from "./reasons.ts";

/** How a mutant is shown, in the words that a reason for it needs. */
export function formatMutant({ file, line, operator, original, mutated }: Mutant): string {
  return `${file}:${line} (${operator})\n  - ${original}\n  + ${mutated}`;
}

/**
 * Sums up a run.
 *
 * @param all the mutants there are, of which the judged ones may be a sample.
 * @returns the text, and whether no mutant lives without a reason and no reason is wrong.
 */
export function reportMutants(
  judged: readonly Judged[],
  all: readonly Mutant[],
  reasons: readonly Reason[],
): { text: string; isGood: boolean } {
  const isExcused = ({ mutant }: Judged) => reasonFor(mutant, reasons) !== undefined;
  const living = judged.filter(({ outcome }) => outcome.outcome === "lives");
  const unexplained = living.filter((one) => !isExcused(one));
  const faults = [
    ...unexplained.map(({ mutant }) => `lives: ${formatMutant(mutant)}`),
    ...judged.flatMap((one) =>
      one.outcome.outcome === "killed" && isExcused(one)
        ? [`has a reason to live, but ${one.outcome.by} kills it: ${formatMutant(one.mutant)}`]
        : [],
    ),
    ...staleReasons(reasons, all).map(
      ({ file, original, mutated }) =>
        `a reason for a mutant that is no more: ${file}\n  - ${original}\n  + ${mutated}`,
    ),
  ];
  const count = (name: Judged["outcome"]["outcome"]) =>
    judged.filter(({ outcome }) => outcome.outcome === name).length;
  const summary = [
    `${judged.length} mutants`,
    `${count("killed")} killed`,
    `${living.length - unexplained.length} live with a reason`,
    `${unexplained.length} live without`,
    `${count("same code")} change no code`,
    `${count("does not compile")} do not compile`,
    ...(count("not reached") > 0 ? [`${count("not reached")} not reached`] : []),
  ];
  return { text: [...faults, `${summary.join(", ")}.`].join("\n"), isGood: faults.length === 0 };
}
