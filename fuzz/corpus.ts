import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

/** `corpus` holds inputs that reach much of a parser; `regressions` every input that once crashed one. */
export type CorpusFolder = "corpus" | "regressions";

/** A target's inputs in the repository, by file name. */
export function readInputs(kind: CorpusFolder, target: string): Map<string, Uint8Array> {
  const folder = folderOf(kind, target);
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return new Map(names.map((name) => [name, new Uint8Array(readFileSync(new URL(name, folder)))]));
}

/** Stores an input under the start of its sha256; returns its path in the repository. */
export function keepInput(kind: CorpusFolder, target: string, input: Uint8Array): string {
  const folder = folderOf(kind, target);
  const name = createHash("sha256").update(input).digest("hex").slice(0, 16);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(name, folder), input);
  return `fuzz/${kind}/${target}/${name}`;
}

function folderOf(kind: CorpusFolder, target: string): URL {
  return new URL(`${kind}/${target}/`, import.meta.url);
}
