import { quote } from "../bytes/quote.ts";
import { DerivationFormatError } from "../nixErrors.ts";
import type { Derivation, InputDerivation } from "./derivation.ts";
import { derivationType } from "./derivationType.ts";
import {
  type DerivationHash,
  type DerivationHashLookup,
  hashDerivationModulo,
} from "./hashDerivationModulo.ts";

/**
 * Creates the `lookup` of `hashDerivationModulo` for a graph of derivations. Each derivation is read and hashed once;
 * chains of any length are followed without recursion. The inputs of a fixed-output derivation are not read, since
 * they do not affect its hash.
 *
 * @param read returns the derivation at a path, or `undefined` if there is none.
 * @returns a lookup that throws `DerivationFormatError` for a missing derivation or one that depends on itself.
 */
export function createDerivationHasher(
  read: (drvPath: string) => Derivation | undefined,
): DerivationHashLookup {
  const hashes = new Map<string, DerivationHash>();
  const open = new Map<string, Derivation>();

  const known = (path: string): DerivationHash => {
    const hash = hashes.get(path);
    if (hash === undefined) {
      throw new DerivationFormatError(`${quote(path)} is not hashed yet`);
    }
    return hash;
  };

  const openDerivation = (path: string): Derivation => {
    const derivation = read(path);
    if (derivation === undefined) {
      throw new DerivationFormatError(`the derivation ${quote(path)} is missing`);
    }
    open.set(path, derivation);
    return derivation;
  };

  const hashGraph = (root: string): void => {
    const stack = [root];
    for (let path = stack.at(-1); path !== undefined; path = stack.at(-1)) {
      const opened = open.get(path);
      if (hashes.has(path)) {
        stack.pop();
      } else if (opened !== undefined) {
        hashes.set(path, hashDerivationModulo(opened, known));
        open.delete(path);
        stack.pop();
      } else {
        for (const input of hashedInputs(openDerivation(path))) {
          if (open.has(input.path)) {
            throw new DerivationFormatError(`${quote(path)} depends on itself`);
          }
          if (!hashes.has(input.path)) {
            stack.push(input.path);
          }
        }
      }
    }
  };

  return (drvPath) => {
    try {
      hashGraph(drvPath);
    } finally {
      open.clear();
    }
    return known(drvPath);
  };
}

function hashedInputs(derivation: Derivation): readonly InputDerivation[] {
  return derivationType(derivation).kind === "fixed" ? [] : derivation.inputDrvs;
}
