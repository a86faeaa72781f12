import { createHash } from "node:crypto";
import {
  checkContentAddressed,
  checkDerivation,
  checkFixedOutput,
  type DerivationHashLookup,
  decodeExport,
  type ExportedPath,
  hashDerivationModulo,
  NixFormatError,
  narFileContents,
  parseDerivation,
  referencesOfDerivation,
} from "../../../nix/index.ts";
import { type CheckedDerivation, createCheckedDerivation } from "../derivations/checkedDerivation.ts";
import { describeWeakHash, hasWeakHash } from "../derivations/weakHash.ts";
import { Rejection } from "../device/rejection.ts";
import { type DeclaredOutput, declaredOutputs, type Inventory } from "../inventory/inventory.ts";
import { BUNDLE_LIMITS, MAX_DERIVATIONS_BYTES } from "../limits.ts";
import type { AddedPath } from "../nixDaemon/index.ts";

/** The new paths of a bundle, each checked against its own content. */
export interface CheckedBundle {
  /** All paths in the bundle, with those that were in the store already. */
  readonly names: readonly string[];
  /** The new ones, each after those that it refers to. */
  readonly paths: readonly AddedPath[];
  readonly derivations: ReadonlyMap<string, CheckedDerivation>;
}

/**
 * Decodes a bundle and recomputes the name of every path in it from its content and references; nothing in the stream is
 * trusted. Paths that are in the store already are ignored.
 *
 * A fixed output must have a hash that a derivation in the bundle or in the store declares. The name of an input-addressed
 * output does not follow from its content, so it is never accepted.
 *
 * @throws {Rejection} that names the path and the failed check.
 */
export function checkBundle(stream: Uint8Array, inventory: Inventory): CheckedBundle {
  const all = decodeStream(stream);
  const exported = all.filter(({ path }) => !inventory.has(path));
  const names = new Set(exported.map(({ path }) => path));
  const derivations = new Map<string, CheckedDerivation>();
  const declared = new Map<string, DeclaredOutput>();

  const lookup: DerivationHashLookup = (drvPath) => {
    const known = derivations.get(drvPath) ?? inventory.derivationAt(drvPath);
    if (!known) {
      throw new Rejection(
        `bundle: the input derivation ${drvPath} is neither in the bundle nor in the store: add it`,
      );
    }
    return known.hash;
  };

  for (const item of exported) {
    checkReferencesPresent(item, names, inventory);
  }
  const files = exported.filter(isDerivation);
  checkDerivationsBytes(files);
  for (const item of files) {
    const known = withPath(item.path, () => readDerivation(item, lookup));
    derivations.set(item.path, known);
    for (const [path, output] of declaredOutputs(item.path, known.derivation)) {
      declared.set(path, output);
    }
  }
  const paths = exported.map((item) => {
    const output = declared.get(item.path) ?? inventory.declaredAt(item.path);
    const narSha256 = isDerivation(item) ? undefined : withPath(item.path, () => checkContent(item, output));
    return describe(item, narSha256 ?? sha256(item.nar));
  });
  return { names: all.map(({ path }) => path), paths, derivations };
}

function decodeStream(stream: Uint8Array): ExportedPath[] {
  try {
    return decodeExport(stream, BUNDLE_LIMITS);
  } catch (error) {
    if (error instanceof NixFormatError) {
      throw new Rejection(`bundle: ${error.shortMessage}`);
    }
    throw error;
  }
}

function isDerivation({ path }: ExportedPath): boolean {
  return path.endsWith(".drv");
}

function checkDerivationsBytes(files: readonly ExportedPath[]): void {
  const bytes = files.reduce((sum, { nar }) => sum + nar.length, 0);
  if (bytes > MAX_DERIVATIONS_BYTES) {
    throw new Rejection(
      `bundle: its .drv files have ${bytes} bytes, more than the limit of ${MAX_DERIVATIONS_BYTES}: split it into several`,
    );
  }
}

function checkReferencesPresent(
  { path, references }: ExportedPath,
  names: ReadonlySet<string>,
  inventory: Inventory,
): void {
  const missing = references.find((reference) => !names.has(reference) && !inventory.has(reference));
  if (missing !== undefined) {
    throw new Rejection(
      `bundle: ${path} refers to ${missing}, which is neither in the bundle nor in the store: add it`,
    );
  }
}

function readDerivation(
  { path, nar, references }: ExportedPath,
  lookup: DerivationHashLookup,
): CheckedDerivation {
  const contents = narFileContents(nar);
  if (!contents) {
    throw new Rejection(`bundle: ${path} is not a derivation: it is not a regular file`);
  }
  const derivation = parseDerivation(contents);
  if (references.join() !== referencesOfDerivation(derivation).join()) {
    throw new Rejection(`bundle: ${path} has other references than its content`);
  }
  const misnamed = derivation.outputs.find((output) => output.path.endsWith(".drv"));
  if (misnamed) {
    throw new Rejection(`bundle: the output ${misnamed.path} of ${path} must not be named like a derivation`);
  }
  checkDerivation(path, derivation, lookup);
  return createCheckedDerivation(derivation, hashDerivationModulo(derivation, lookup));
}

function withPath<T>(path: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof NixFormatError) {
      throw new Rejection(`bundle: ${path}: ${error.shortMessage}`);
    }
    throw error;
  }
}

/**
 * Checks that a path's name follows from its content.
 *
 * @returns the NAR's sha256 if the check computed it, since hashing is what costs most here.
 */
function checkContent(item: ExportedPath, output: DeclaredOutput | undefined): Uint8Array | undefined {
  if (!output) {
    const address = checkContentAddressed(item);
    return address.kind === "source" ? address.narSha256 : undefined;
  }
  const { drvPath, fixed } = output;
  if (!fixed) {
    throw new Rejection(
      `bundle: ${item.path} is an output of ${drvPath}, which is only ever built here: leave it out`,
    );
  }
  if (hasWeakHash(fixed)) {
    throw new Rejection(`bundle: the fixed output ${item.path} ${describeWeakHash(fixed)}`);
  }
  checkFixedOutput(item, fixed);
  return fixed.mode === "recursive" && fixed.algorithm === "sha256" ? fixed.digest : undefined;
}

function describe({ path, nar, references }: ExportedPath, narSha256: Uint8Array): AddedPath {
  return { path, nar, references, narHash: Buffer.from(narSha256).toString("hex"), narSize: nar.length };
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}
