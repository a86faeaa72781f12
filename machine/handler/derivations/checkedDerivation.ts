import type { Derivation, DerivationHash } from "../../../nix/index.ts";
import { findUnsupportedFeature } from "./findUnsupportedFeature.ts";

/** The part of a derivation that stays in memory: a `.drv` file may have megabytes, and there are many. */
export type DerivationSummary = Pick<Derivation, "outputs" | "inputDrvs" | "inputSrcs" | "system">;

/** A derivation whose path, references and output paths follow from its content. */
export interface CheckedDerivation {
  readonly derivation: DerivationSummary;
  readonly hash: DerivationHash;
  /** A description to follow the derivation's path; `undefined` when it can be built here. */
  readonly unsupportedFeature: string | undefined;
}

/** Summarizes a derivation that the caller has checked. */
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
  return {
    derivation: summary,
    hash: { sha256: hash.sha256, outputNames: new Set(summary.outputs.map(({ name }) => name)) },
    unsupportedFeature: findUnsupportedFeature(derivation),
  };
}

/** A substring would keep the whole text it was cut from alive in V8. */
function copy(text: string): string {
  return Buffer.from(text).toString();
}
