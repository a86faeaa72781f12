import type { Derivation, DerivationHash } from "../../../nix/index.ts";
import { findUnsupportedFeature } from "./findUnsupportedFeature.ts";

/** What is kept of a derivation: a `.drv` file may have megabytes, and there are many. */
export type DerivationSummary = Pick<Derivation, "outputs" | "inputDrvs" | "inputSrcs" | "system">;

/** A derivation whose path, references and outputs were checked. */
export interface CheckedDerivation {
  readonly derivation: DerivationSummary;
  readonly hash: DerivationHash;
  /** What it asks for that it cannot have here; `undefined` when it can be built. */
  readonly unsupportedFeature: string | undefined;
}

export function createCheckedDerivation(derivation: Derivation, hash: DerivationHash): CheckedDerivation {
  const { outputs, inputDrvs, inputSrcs, system } = derivation;
  const summary: DerivationSummary = {
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
  const outputNames = new Set(summary.outputs.map(({ name }) => name));
  return {
    derivation: summary,
    hash: { sha256: hash.sha256, outputNames },
    unsupportedFeature: findUnsupportedFeature(derivation),
  };
}

/** V8 keeps the whole text alive of which a string is a piece. */
function copy(text: string): string {
  return Buffer.from(text).toString();
}
