import { quote } from "../bytes/quote.ts";
import { DIGEST_BYTES, isHashAlgorithm } from "../hash/hash.ts";
import { parseHex } from "../hash/hex.ts";
import { DerivationFormatError, UnsupportedDerivationError } from "../nixErrors.ts";
import type { FixedOutput } from "../storePath/storePathForFixedOutput.ts";
import type { Derivation, DerivationOutput } from "./derivation.ts";

/** How a derivation's outputs get their paths. */
export type DerivationType =
  | { readonly kind: "input-addressed" }
  | { readonly kind: "fixed"; readonly output: FixedOutput };

/**
 * Distinguishes input-addressed from fixed-output derivations.
 *
 * @throws {UnsupportedDerivationError} naming the kind, for what Nix hides behind experimental features: floating
 * content-addressed, impure, deferred and text-hashed outputs.
 * @throws {DerivationFormatError} for outputs that cannot be combined.
 */
export function derivationType({ outputs }: Pick<Derivation, "outputs">): DerivationType {
  const kinds = new Set(outputs.map(outputKind));
  const [kind] = kinds;
  if (kind === undefined) {
    throw new DerivationFormatError("no outputs");
  }
  if (kinds.size > 1) {
    throw new DerivationFormatError(`mixed kinds of outputs: ${[...kinds].join(", ")}`);
  }
  if (kind === "input-addressed") {
    return { kind };
  }
  if (kind !== "fixed") {
    throw new UnsupportedDerivationError(`${kind} outputs are not supported`);
  }
  const [output, second] = outputs;
  if (output?.name !== "out" || second !== undefined) {
    throw new DerivationFormatError('a fixed-output derivation must have exactly one output, "out"');
  }
  return { kind, output: parseFixedOutput(output) };
}

type OutputKind = "input-addressed" | "fixed" | "impure" | "floating content-addressed" | "deferred";

function outputKind({ name, path, hashAlgo, hash }: DerivationOutput): OutputKind {
  if (hashAlgo === "") {
    if (hash !== "") {
      throw new DerivationFormatError(`output ${quote(name)} has a hash without an algorithm`);
    }
    return path === "" ? "deferred" : "input-addressed";
  }
  if (path !== "") {
    if (hash === "") {
      throw new DerivationFormatError(`output ${quote(name)} has an algorithm and a path, but no hash`);
    }
    return "fixed";
  }
  if (hash === "impure") {
    return "impure";
  }
  if (hash === "") {
    return "floating content-addressed";
  }
  throw new DerivationFormatError(`fixed output ${quote(name)} has no path`);
}

function parseFixedOutput({ hashAlgo, hash }: DerivationOutput): FixedOutput {
  const mode = hashAlgo.startsWith("r:") ? "recursive" : "flat";
  const algorithm = mode === "recursive" ? hashAlgo.slice(2) : hashAlgo;
  if (!isHashAlgorithm(algorithm)) {
    throw new UnsupportedDerivationError(`the hash algorithm ${quote(hashAlgo)} is not supported`);
  }
  const digest = parseHex(hash);
  if (digest.length !== DIGEST_BYTES[algorithm]) {
    throw new DerivationFormatError(`${quote(hash)} is not a ${algorithm} digest in base 16`);
  }
  return { mode, algorithm, digest };
}
