import type { CheckedDerivation } from "../derivations/checkedDerivation.ts";

/**
 * What V8 uses for each, at most, in bytes; `test/handler/inventory.test.ts` measures it. A table has up to four places for
 * each entry, since it shrinks only when fewer than a quarter of them are in use.
 */
const TEXT_BYTES = 24;
const LIST_BYTES = 48;
const PLACE_BYTES = 8;
const MAP_ENTRY_BYTES = 4 * 28;
const SET_ENTRY_BYTES = 4 * 20;
const PATH_BYTES = 192;
const ORIGIN_BYTES = 40;
const DERIVATION_BYTES = 1_024;
const OUTPUT_BYTES = 96;
const DECLARED_OUTPUT_BYTES = 48;
const FIXED_OUTPUT_BYTES = 464;
const INPUT_BYTES = 48;

const LATIN1 = /^[\0-\xff]*$/;

/** Memory of a text, in bytes. */
export function textMemoryBytes(text: string): number {
  return TEXT_BYTES + (LATIN1.test(text) ? text.length : 2 * text.length);
}

/** Memory of a remembered bundle, in bytes. */
export function bundleMemoryBytes(sha256: string): number {
  return SET_ENTRY_BYTES + textMemoryBytes(sha256);
}

/** Memory of an output's origin, in bytes. */
export function originMemoryBytes(drvPath: string): number {
  return ORIGIN_BYTES + textMemoryBytes(drvPath);
}

/**
 * Memory of a path and what Nix knows of it, in bytes.
 *
 * @param ownReferences those that are not shared with the paths that they name.
 */
export function pathMemoryBytes(
  path: string,
  references: readonly string[],
  ownReferences: readonly string[],
): number {
  return PATH_BYTES + MAP_ENTRY_BYTES + textMemoryBytes(path) + listMemoryBytes(references, ownReferences);
}

/**
 * Memory of a derivation, in bytes.
 *
 * @param ownPaths of its inputs and sources, those that are not shared with the paths that they name.
 */
export function derivationMemoryBytes(
  drvPath: string,
  { derivation, unsupportedFeature }: CheckedDerivation,
  ownPaths: readonly string[],
): number {
  const { outputs, inputDrvs, inputSrcs, system } = derivation;
  const ofOutputs = sumOf(
    outputs,
    ({ name, path, hashAlgo, hash }) =>
      OUTPUT_BYTES +
      DECLARED_OUTPUT_BYTES +
      (hash === "" ? 0 : FIXED_OUTPUT_BYTES) +
      MAP_ENTRY_BYTES +
      SET_ENTRY_BYTES +
      sumOf([name, path, hashAlgo, hash], textMemoryBytes),
  );
  const ofInputs = sumOf(inputDrvs, ({ outputNames }) => INPUT_BYTES + textMemoryBytes(outputNames));
  return (
    DERIVATION_BYTES +
    MAP_ENTRY_BYTES +
    textMemoryBytes(drvPath) +
    textMemoryBytes(system) +
    textMemoryBytes(unsupportedFeature ?? "") +
    ofOutputs +
    ofInputs +
    listMemoryBytes([...inputDrvs, ...inputSrcs], ownPaths)
  );
}

function listMemoryBytes(items: readonly unknown[], ownTexts: readonly string[]): number {
  return LIST_BYTES + items.length * PLACE_BYTES + sumOf(ownTexts, textMemoryBytes);
}

function sumOf<T>(items: readonly T[], bytesOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + bytesOf(item), 0);
}
