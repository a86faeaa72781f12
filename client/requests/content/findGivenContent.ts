import type { Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../../support/index.ts";
import { type Candidate, candidatesAt, digestOf } from "./candidate.ts";
import type { DeclaredContent } from "./fixedOutputsOf.ts";

/**
 * Finds which of these files and folders are the contents of fixed outputs, by their hashes alone. Of a folder, what is directly in it
 * is looked at, too.
 *
 * @returns by the output's path.
 */
export async function findGivenContent(
  wanted: readonly DeclaredContent[],
  given: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Map<string, Candidate>> {
  const found = new Map<string, Candidate>();
  if (wanted.length === 0) {
    return found;
  }
  const kinds = new Map(wanted.map(({ output }) => [`${output.mode} ${output.algorithm}`, output]));
  for (const place of await placesIn(given)) {
    for (const { mode, algorithm } of kinds.values()) {
      for (const candidate of await candidatesAt(place, { mode })) {
        const digest = await digestOf(candidate, mode, algorithm, signal);
        for (const { path, output } of wanted) {
          if (output.mode === mode && output.algorithm === algorithm && hexOf(output.digest) === digest) {
            found.set(path, candidate);
          }
        }
      }
    }
  }
  return found;
}

async function placesIn(given: readonly string[]): Promise<string[]> {
  const places: string[] = [];
  for (const place of given) {
    places.push(place);
    if ((await statGiven(place)).isDirectory()) {
      const entries = await readdir(place, { withFileTypes: true });
      places.push(
        ...entries
          .filter((entry) => entry.isFile() || entry.isDirectory())
          .map(({ name }) => join(place, name)),
      );
    }
  }
  return places;
}

async function statGiven(place: string): Promise<Stats> {
  return stat(place).catch((cause: Error) => {
    throw new UsageError(`cannot read the content ${place}`, { cause, details: cause.message });
  });
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
