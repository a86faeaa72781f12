import { compareUtf8 } from "../bytes/compareUtf8.ts";
import { quote } from "../bytes/quote.ts";
import { DerivationFormatError, StorePathFormatError } from "../nixErrors.ts";
import { parseStorePath } from "../storePath/storePath.ts";
import { ATermReader } from "./aTermReader.ts";
import type { Derivation, DerivationOutput, InputDerivation } from "./derivation.ts";

/** The longest `.drv` that is read: checking a hostile one takes about 50 times its size in memory. */
export const MAX_DERIVATION_BYTES = 2 * 1024 * 1024;

/**
 * Reads a `.drv` file (Nix's ATerm, `Derive(…)`) exactly as Nix writes it: sorted, without duplicates, without
 * unnecessary escapes. `formatDerivation` returns the same text again. Where Nix would accept any bytes, only UTF-8
 * without NUL is accepted.
 *
 * @throws {DerivationFormatError} with the character at which it stopped.
 */
export function parseDerivation(drv: Uint8Array | string): Derivation {
  if (drv.length > MAX_DERIVATION_BYTES) {
    throw new DerivationFormatError(`longer than ${MAX_DERIVATION_BYTES} bytes`);
  }
  const reader = new ATermReader(typeof drv === "string" ? wellFormed(drv) : decodeUtf8(drv));
  reader.expect("Derive(");
  const outputs = sortedList(reader, readOutput, ({ name }) => name);
  if (outputs.length === 0) {
    reader.fail("no outputs");
  }
  reader.expect(",");
  const inputDrvs = sortedList(reader, readInputDerivation, ({ path }) => path);
  reader.expect(",");
  const inputSrcs = sortedList(reader, readStorePath, (path) => path);
  reader.expect(",");
  const system = reader.plainString();
  reader.expect(",");
  const builder = reader.string();
  reader.expect(",");
  const args = reader.list(() => reader.string());
  reader.expect(",");
  const env = sortedList(reader, readVariable, ([name]) => name);
  reader.expect(")");
  reader.expectEnd();
  return { outputs, inputDrvs, inputSrcs, system, builder, args, env };
}

function sortedList<T>(reader: ATermReader, read: (reader: ATermReader) => T, key: (item: T) => string): T[] {
  let previous: string | undefined;
  return reader.list(() => {
    const { position } = reader;
    const item = read(reader);
    const current = key(item);
    if (previous !== undefined && compareUtf8(current, previous) <= 0) {
      reader.fail(`${quote(current)} is unsorted or duplicate`, position);
    }
    previous = current;
    return item;
  });
}

function readOutput(reader: ATermReader): DerivationOutput {
  reader.expect("(");
  const name = reader.plainString();
  reader.expect(",");
  const { position } = reader;
  const path = reader.plainString();
  if (path !== "") {
    checkStorePath(reader, path, position);
  }
  reader.expect(",");
  const hashAlgo = reader.plainString();
  reader.expect(",");
  const hash = reader.plainString();
  reader.expect(")");
  return { name, path, hashAlgo, hash };
}

function readInputDerivation(reader: ATermReader): InputDerivation {
  reader.expect("(");
  const { position } = reader;
  const path = readStorePath(reader);
  if (!path.endsWith(".drv")) {
    reader.fail(`${quote(path)} is not a derivation`, position);
  }
  reader.expect(",");
  const outputs = sortedList(
    reader,
    () => reader.plainString(),
    (name) => name,
  );
  if (outputs.length === 0) {
    reader.fail(`uses no output of ${quote(path)}`, position);
  }
  reader.expect(")");
  return { path, outputs };
}

function readVariable(reader: ATermReader): readonly [string, string] {
  reader.expect("(");
  const name = reader.string();
  reader.expect(",");
  const value = reader.string();
  reader.expect(")");
  return [name, value];
}

function readStorePath(reader: ATermReader): string {
  const { position } = reader;
  const path = reader.plainString();
  checkStorePath(reader, path, position);
  return path;
}

function checkStorePath(reader: ATermReader, path: string, position: number): void {
  try {
    parseStorePath(path);
  } catch (error) {
    if (error instanceof StorePathFormatError) {
      reader.fail(error.reason, position);
    }
    throw error;
  }
}

function wellFormed(text: string): string {
  if (!text.isWellFormed()) {
    throw new DerivationFormatError("contains a lone surrogate");
  }
  return text;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new DerivationFormatError("not valid UTF-8");
  }
}
