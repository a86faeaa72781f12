import { createHash } from "node:crypto";
import { lstatSync } from "node:fs";
import { basename, join } from "node:path";
import type { DerivationSummary } from "../derivations/checkedDerivation.ts";
import { referenceClosure } from "../inventory/closures.ts";
import { inputPathsOf } from "../inventory/directInputs.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { MAX_SHOWN_DIFFERENCES } from "../limits.ts";
import type { Output } from "../outputs/builtDerivation.ts";
import { compareTrees, type Difference } from "./compareTrees.ts";
import { ReferenceScanner } from "./referenceScanner.ts";
import { type FilePath, removeTree } from "./storeFiles.ts";
import { writeTreeNar } from "./writeTreeNar.ts";

/** An output that differs from the first build. */
export interface DifferingOutput {
  readonly first: Output;
  readonly now: Output;
  /** The first few files that differ. */
  readonly differences: readonly Difference[];
}

/**
 * Examines the output that Nix left in the store as `<output>.check`, and deletes it. There is only one, since Nix stops at
 * the first output that differs.
 *
 * @param outputs of the derivation, as they are in the store.
 */
export function findDifference(
  outputs: readonly Output[],
  derivation: DerivationSummary,
  inventory: Inventory,
  storeFolder: string,
): DifferingOutput {
  for (const first of outputs) {
    const { name, path } = first;
    const place = Buffer.from(join(storeFolder, basename(path)));
    const placeNow = Buffer.from(`${place}.check`);
    if (!lstatSync(placeNow, { throwIfNoEntry: false })) {
      continue;
    }
    const candidates = referenceClosure(inputPathsOf(derivation, inventory), inventory);
    for (const output of outputs) {
      candidates.add(output.path);
    }
    const now = { name, path, ...describe(placeNow, candidates) };
    const differences = firstDifferences(place, placeNow);
    removeTree(placeNow);
    return { first, now, differences };
  }
  throw new Error("Nix reported a difference but left no output that differs");
}

function describe(place: FilePath, candidates: Iterable<string>) {
  const hash = createHash("sha256");
  const scanner = new ReferenceScanner(candidates);
  let narSize = 0;
  writeTreeNar(place, (piece) => {
    hash.update(piece);
    scanner.push(piece);
    narSize += piece.length;
  });
  return { narHash: hash.digest("hex"), narSize, references: scanner.references };
}

function firstDifferences(first: FilePath, second: FilePath): Difference[] {
  const found: Difference[] = [];
  for (const difference of compareTrees(first, second)) {
    found.push(difference);
    if (found.length === MAX_SHOWN_DIFFERENCES) {
      break;
    }
  }
  return found;
}
