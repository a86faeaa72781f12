import type { Derivation, DerivationHash } from "../../nix/index.ts";
import { refusalOf } from "./build/refusalOf.ts";

/** What is kept of a derivation: a `.drv` file may have megabytes, and there are many. */
export type Recipe = Pick<Derivation, "outputs" | "inputDrvs" | "inputSrcs" | "system">;

/** A derivation whose path, references and outputs were checked. */
export interface KnownDerivation {
  readonly derivation: Recipe;
  readonly hash: DerivationHash;
  /** What it asks for that it cannot have here; `undefined` when it can be built. */
  readonly refusal: string | undefined;
}

export function knownDerivation(derivation: Derivation, hash: DerivationHash): KnownDerivation {
  const { outputs, inputDrvs, inputSrcs, system } = derivation;
  const recipe: Recipe = {
    outputs: outputs.map((output) => ({
      name: copy(output.name),
      path: copy(output.path),
      hashAlgo: copy(output.hashAlgo),
      hash: copy(output.hash),
    })),
    inputDrvs: inputDrvs.map((input) => ({ path: copy(input.path), outputs: input.outputs.map(copy) })),
    inputSrcs: inputSrcs.map(copy),
    system: copy(system),
  };
  const outputNames = new Set(recipe.outputs.map(({ name }) => name));
  return { derivation: recipe, hash: { sha256: hash.sha256, outputNames }, refusal: refusalOf(derivation) };
}

/** V8 keeps the whole text alive of which a string is a piece. */
function copy(text: string): string {
  return Buffer.from(text).toString();
}
