import { compareUtf8 } from "../bytes/compareUtf8.ts";
import { quote } from "../bytes/quote.ts";
import { DerivationFormatError } from "../nixErrors.ts";
import { parseStorePath } from "../storePath/storePath.ts";
import type { Derivation } from "./derivation.ts";
import { formatUncheckedDerivation } from "./formatUncheckedDerivation.ts";

const NEEDS_ESCAPE = /["\\\n\r\t]/;

/**
 * Writes a derivation as Nix does; `parseDerivation` returns the same derivation from it.
 *
 * @throws {DerivationFormatError} when a list is unsorted or has duplicates, or a string cannot be in a `.drv`.
 * @throws {StorePathFormatError} when a path is not a store path.
 */
export function formatDerivation(derivation: Derivation): string {
  const { outputs, inputDrvs, inputSrcs, env } = derivation;
  if (outputs.length === 0) {
    throw new DerivationFormatError("no outputs");
  }
  checkSorted(outputs.map(({ name }) => name));
  checkSorted(inputDrvs.map(({ path }) => path));
  checkSorted(inputSrcs);
  checkSorted(env.map(([name]) => name));
  for (const { path } of outputs) {
    if (path !== "") {
      parseStorePath(path);
    }
  }
  for (const path of inputSrcs) {
    parseStorePath(path);
  }
  for (const input of inputDrvs) {
    parseStorePath(input.path);
    if (!input.path.endsWith(".drv")) {
      throw new DerivationFormatError(`${quote(input.path)} is not a derivation`);
    }
    if (input.outputs.length === 0) {
      throw new DerivationFormatError(`uses no output of ${quote(input.path)}`);
    }
    checkSorted(input.outputs);
  }
  for (const text of unescapedStrings(derivation)) {
    if (NEEDS_ESCAPE.test(text)) {
      throw new DerivationFormatError(`${quote(text)} needs an escape where Nix does not write one`);
    }
  }
  const text = formatUncheckedDerivation(derivation);
  if (text.includes("\0")) {
    throw new DerivationFormatError("contains NUL");
  }
  if (!text.isWellFormed()) {
    throw new DerivationFormatError("contains a lone surrogate");
  }
  return text;
}

function* unescapedStrings({ outputs, inputDrvs, system }: Derivation): Generator<string> {
  yield system;
  for (const { name, hashAlgo, hash } of outputs) {
    yield* [name, hashAlgo, hash];
  }
  for (const input of inputDrvs) {
    yield* input.outputs;
  }
}

function checkSorted(keys: readonly string[]): void {
  let previous: string | undefined;
  for (const key of keys) {
    if (previous !== undefined && compareUtf8(key, previous) <= 0) {
      throw new DerivationFormatError(`${quote(key)} is unsorted or duplicate`);
    }
    previous = key;
  }
}
