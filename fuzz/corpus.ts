import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

/** `corpus` holds inputs that reach much of a parser; `regressions` every input that once broke one. */
export type Shelf = "corpus" | "regressions";

/** The inputs of a target that are kept in the repository, by file name. */
export function readInputs(shelf: Shelf, target: string): Map<string, Uint8Array> {
  const folder = folderOf(shelf, target);
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return new Map(names.map((name) => [name, new Uint8Array(readFileSync(new URL(name, folder)))]));
}

/** Keeps an input under the start of its sha256; returns its place in the repository. */
export function keepInput(shelf: Shelf, target: string, input: Uint8Array): string {
  const folder = folderOf(shelf, target);
  const name = createHash("sha256").update(input).digest("hex").slice(0, 16);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(name, folder), input);
  return `fuzz/${shelf}/${target}/${name}`;
}

function folderOf(shelf: Shelf, target: string): URL {
  return new URL(`${shelf}/${target}/`, import.meta.url);
}
