import json5 from "json5";
import type { Mutant } from "./generateMutants.ts";
import { MutantsError } from "./mutantsError.ts";

/** Why a mutant may live. It is bound to the lines' text, so it goes stale when they change. */
export interface Reason {
  readonly file: string;
  readonly original: string;
  readonly mutated: string;
  /** The function, where the same lines stand in several. */
  readonly within?: string;
  readonly reason: string;
}

const FIELDS = ["file", "mutated", "original", "reason"];
const OPTIONAL_FIELD = "within";
const LINES = ["file", "original", "mutated"] as const;

/**
 * Parses the file of reasons: a list in JSON5.
 *
 * @throws {MutantsError} when an entry lacks a field, has an unknown one, or is there twice.
 */
export function parseReasons(text: string): Reason[] {
  const entries: unknown = json5.parse(text);
  if (!Array.isArray(entries)) {
    throw new MutantsError("the reasons are not a list");
  }
  const seen = new Set<string>();
  for (const entry of entries) {
    const isComplete =
      String(fieldsOf(entry)) === String(FIELDS) &&
      Object.values(entry as object).every((value) => typeof value === "string" && value.trim() !== "");
    if (!isComplete) {
      throw new MutantsError("a reason is malformed", {
        details: JSON.stringify(entry),
        remedy: `each has the fields ${FIELDS.join(", ")}, and ${OPTIONAL_FIELD} if needed, all of them texts`,
      });
    }
    const key = keyOf(entry as Reason);
    if (seen.has(key)) {
      throw new MutantsError("a reason is there twice", { details: key });
    }
    seen.add(key);
  }
  return entries as Reason[];
}

/** The reason why a mutant may live, if there is one. */
export function reasonFor(mutant: Mutant, reasons: readonly Reason[]): Reason | undefined {
  return reasons.find((reason) => isFor(reason, mutant));
}

/** Reasons for mutants that there are no more, because the contract changed. */
export function staleReasons(reasons: readonly Reason[], mutants: readonly Mutant[]): Reason[] {
  return reasons.filter((reason) => !mutants.some((mutant) => isFor(reason, mutant)));
}

function isFor({ within, ...reason }: Reason, mutant: Mutant): boolean {
  return (
    (within === undefined || within === mutant.within) &&
    LINES.every((field) => reason[field] === mutant[field])
  );
}

function fieldsOf(entry: unknown): string[] {
  return Object.keys(entry ?? {})
    .filter((field) => field !== OPTIONAL_FIELD)
    .sort();
}

function keyOf({ file, original, mutated, within = "" }: Reason): string {
  return `${file}: ${original} -> ${mutated} ${within}`;
}
