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
import { bindsContent, describeWeakHash } from "../derivations/weakHash.ts";
import { Rejection } from "../device/rejection.ts";
import { type DeclaredOutput, declaredOutputs, type Inventory } from "../inventory/inventory.ts";
import { BUNDLE_LIMITS, MAX_DERIVATIONS_BYTES } from "../limits.ts";
import type { AddedPath } from "../nixDaemon/index.ts";

/** What a bundle brings that the store has not: every path checked against its own content. */
export interface CheckedBundle {
  /** All paths that it names, with those that the store has. */
  readonly names: readonly string[];
  /** Each after those that it refers to. */
  readonly paths: readonly AddedPath[];
  readonly derivations: ReadonlyMap<string, CheckedDerivation>;
}

/**
 * Reads a bundle and recomputes the name of every path in it from its content and references; what the stream says is
 * never believed. A path that is in the store already is left as it is there.
 *
 * A fixed output counts by any hash that a derivation of the bundle or of the store declares; an input-addressed
 * output has no name that follows from its content, so it never comes in.
 *
 * @throws Rejection naming the path and the check that it failed.
 */
export function checkBundle(stream: Uint8Array, inventory: Inventory): CheckedBundle {
  const all = readStream(stream);
  const exported = all.filter(({ path }) => !inventory.has(path));
  const names = new Set(exported.map(({ path }) => path));
  const derivations = new Map<string, CheckedDerivation>();
  const declared = new Map<string, DeclaredOutput>();

  const lookup: DerivationHashLookup = (drvPath) => {
    const known = derivations.get(drvPath) ?? inventory.derivationAt(drvPath);
    if (!known) {
      throw new Rejection(`bundle: ${drvPath} is needed, but neither in the bundle nor in the store`);
    }
    return known.hash;
  };

  for (const item of exported) {
    checkReferencesPresent(item, names, inventory);
  }
  const files = exported.filter(isDerivation);
  checkDerivationsBytes(files);
  for (const item of files) {
    const known = naming(item.path, () => readDerivation(item, lookup));
    derivations.set(item.path, known);
    for (const [path, output] of declaredOutputs(item.path, known.derivation)) {
      declared.set(path, output);
    }
  }
  const paths = exported.map((item) => {
    const output = declared.get(item.path) ?? inventory.declaredAt(item.path);
    const narSha256 = isDerivation(item) ? undefined : naming(item.path, () => checkContent(item, output));
    return describe(item, narSha256 ?? sha256(item.nar));
  });
  return { names: all.map(({ path }) => path), paths, derivations };
}

function readStream(stream: Uint8Array): ExportedPath[] {
  try {
    return decodeExport(stream, BUNDLE_LIMITS);
  } catch (error) {
    if (error instanceof NixFormatError) {
      throw new Rejection(`bundle: ${error.message}`);
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
    throw new Rejection(`bundle: its .drv files have ${bytes} bytes, more than ${MAX_DERIVATIONS_BYTES}`);
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
      `bundle: ${path} refers to ${missing}, which is neither in the bundle nor in the store`,
    );
  }
}

function readDerivation(
  { path, nar, references }: ExportedPath,
  lookup: DerivationHashLookup,
): CheckedDerivation {
  const contents = narFileContents(nar);
  if (!contents) {
    throw new Rejection(`bundle: ${path} is no derivation: not one file`);
  }
  const derivation = parseDerivation(contents);
  if (references.join() !== referencesOfDerivation(derivation).join()) {
    throw new Rejection(`bundle: ${path} comes with references that are not those of its content`);
  }
  const pretended = derivation.outputs.find((output) => output.path.endsWith(".drv"));
  if (pretended) {
    throw new Rejection(`bundle: the output ${pretended.path} of ${path} would look like a derivation`);
  }
  checkDerivation(path, derivation, lookup);
  return createCheckedDerivation(derivation, hashDerivationModulo(derivation, lookup));
}

function naming<T>(path: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof NixFormatError) {
      throw new Rejection(`bundle: ${path}: ${error.message}`);
    }
    throw error;
  }
}

/** Checks that a path is named by its content. Hashing is what costs most here: the NAR's sha256, if it was needed. */
function checkContent(item: ExportedPath, output: DeclaredOutput | undefined): Uint8Array | undefined {
  if (!output) {
    const address = checkContentAddressed(item);
    return address.kind === "source" ? address.narSha256 : undefined;
  }
  const { drvPath, fixed } = output;
  if (!fixed) {
    throw new Rejection(
      `bundle: ${item.path} is what ${drvPath} gives: it is built here, never taken from outside`,
    );
  }
  if (!bindsContent(fixed)) {
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
