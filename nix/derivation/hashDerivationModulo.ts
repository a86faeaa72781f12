import { compareUtf8 } from "../bytes/compareUtf8.ts";
import { quote } from "../bytes/quote.ts";
import { sha256 } from "../bytes/sha256.ts";
import { formatHash } from "../hash/formatHash.ts";
import { formatHex } from "../hash/hex.ts";
import { DerivationFormatError } from "../nixErrors.ts";
import type { Derivation, InputDerivation } from "./derivation.ts";
import { derivationType } from "./derivationType.ts";
import { formatUncheckedDerivation } from "./formatUncheckedDerivation.ts";

/** What a derivation contributes to the hashes of those that depend on it. */
export interface DerivationHash {
  /** The same for two fixed-output derivations that produce the same output in different ways. */
  readonly sha256: Uint8Array;
  readonly outputNames: ReadonlySet<string>;
}

/** Returns the hash of an input derivation by its path. */
export type DerivationHashLookup = (drvPath: string) => DerivationHash;

/**
 * Nix's `hashDerivationModulo`: the hash of the derivation with each input derivation replaced by its own hash, and a
 * fixed output by the hash of its content.
 *
 * @param lookup the hashes of `inputDrvs`; `createDerivationHasher` creates one for a whole graph.
 * @throws {DerivationFormatError} when an input lacks an output that is used.
 * @throws {UnsupportedDerivationError} for derivations without static output paths.
 */
export function hashDerivationModulo(derivation: Derivation, lookup: DerivationHashLookup): DerivationHash {
  const outputNames = new Set(derivation.outputs.map(({ name }) => name));
  const type = derivationType(derivation);
  if (type.kind === "input-addressed") {
    return { sha256: hashWithInputs(derivation, lookup), outputNames };
  }
  const prefix = type.output.mode === "recursive" ? "r:" : "";
  const path = derivation.outputs[0]?.path;
  return { sha256: sha256(`fixed:out:${prefix}${formatHash(type.output, "base16")}:${path}`), outputNames };
}

/** The hash that input-addressed output paths follow from: that of the derivation without its own output paths. */
export function hashMaskedDerivation(derivation: Derivation, lookup: DerivationHashLookup): Uint8Array {
  const names = new Set(derivation.outputs.map(({ name }) => name));
  const outputs = derivation.outputs.map((output) => ({ ...output, path: "" }));
  const env = derivation.env.map(([name, value]) => [name, names.has(name) ? "" : value] as const);
  return hashWithInputs({ ...derivation, outputs, env }, lookup);
}

function hashWithInputs(derivation: Derivation, lookup: DerivationHashLookup): Uint8Array {
  const inputDrvs = hashInputs(derivation.inputDrvs, lookup);
  return sha256(formatUncheckedDerivation({ ...derivation, inputDrvs }));
}

function hashInputs(inputs: readonly InputDerivation[], lookup: DerivationHashLookup): InputDerivation[] {
  const outputsByHash = new Map<string, Set<string>>();
  for (const { path, outputs } of inputs) {
    const input = lookup(path);
    const hash = formatHex(input.sha256);
    const used = outputsByHash.get(hash) ?? new Set();
    outputsByHash.set(hash, used);
    for (const output of outputs) {
      if (!input.outputNames.has(output)) {
        throw new DerivationFormatError(`uses the output ${quote(output)}, which ${path} does not have`);
      }
      used.add(output);
    }
  }
  return [...outputsByHash]
    .map(([path, used]) => ({ path, outputs: [...used].sort(compareUtf8) }))
    .sort((a, b) => compareUtf8(a.path, b.path));
}
