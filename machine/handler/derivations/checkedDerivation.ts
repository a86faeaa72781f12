import type { Derivation, DerivationHash } from "../../../nix/index.ts";
import { ownText } from "../memory/ownText.ts";
import { findUnsupportedFeature } from "./findUnsupportedFeature.ts";

/** The part of a derivation that stays in memory: a `.drv` file may have megabytes, and there are many. */
export interface DerivationSummary extends Pick<Derivation, "outputs" | "inputSrcs" | "system"> {
  readonly inputDrvs: readonly InputSummary[];
}

/** A derivation that another one depends on. */
export interface InputSummary {
  readonly path: string;
  /** The names of the outputs it uses, as {@link usedOutputs} reads them: a text of its own for each takes ten times as much. */
  readonly outputNames: string;
}

/** A derivation whose path, references and output paths follow from its content. */
export interface CheckedDerivation {
  readonly derivation: DerivationSummary;
  readonly hash: DerivationHash;
  /** A description to follow the derivation's path; `undefined` when it can be built here. */
  readonly unsupportedFeature: string | undefined;
}

/** No output's name contains it, since a `.drv` has names between quotes and without escapes. */
const NAME_SEPARATOR = '"';

/** Summarizes a derivation that the caller has checked. Nothing of the summary keeps the derivation's text in memory. */
export function createCheckedDerivation(derivation: Derivation, hash: DerivationHash): CheckedDerivation {
  const { outputs, inputDrvs, inputSrcs, system } = derivation;
  const summary: DerivationSummary = {
    outputs: outputs.map((output) => ({
      name: ownText(output.name),
      path: ownText(output.path),
      hashAlgo: ownText(output.hashAlgo),
      hash: ownText(output.hash),
    })),
    inputDrvs: inputDrvs.map((input) => ({
      path: ownText(input.path),
      outputNames: ownText(input.outputs.join(NAME_SEPARATOR)),
    })),
    inputSrcs: inputSrcs.map(ownText),
    system: ownText(system),
  };
  const unsupportedFeature = findUnsupportedFeature(derivation);
  return {
    derivation: summary,
    hash: { sha256: hash.sha256, outputNames: new Set(summary.outputs.map(({ name }) => name)) },
    unsupportedFeature: unsupportedFeature === undefined ? undefined : ownText(unsupportedFeature),
  };
}

/** The names of the outputs that a derivation uses of an input. */
export function usedOutputs({ outputNames }: InputSummary): Set<string> {
  return new Set(outputNames.split(NAME_SEPARATOR));
}
