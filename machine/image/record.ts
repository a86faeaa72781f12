import { readFile, writeFile } from "node:fs/promises";
import { type Manifest, manifestDigest } from "./manifest.ts";

/** The template that the repository's sources are known to make: the content of `template.json`. */
export interface TemplateRecord {
  readonly templateHash: string;
  /** sha256 of `manifest.json`, 64 hex digits. */
  readonly manifest: string;
}

const file = new URL("template.json", import.meta.url);

/** How a template compares to the recorded one. */
export type Verdict = "same" | "same hash, other manifest" | "other hash" | "nothing recorded";

export async function compareToRecord(manifest: Manifest): Promise<Verdict> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return "nothing recorded";
  const recorded = JSON.parse(text) as TemplateRecord;
  if (recorded.templateHash !== manifest.templateHash) return "other hash";
  return recorded.manifest === manifestDigest(manifest) ? "same" : "same hash, other manifest";
}

export async function writeRecord(manifest: Manifest): Promise<void> {
  const record: TemplateRecord = { templateHash: manifest.templateHash, manifest: manifestDigest(manifest) };
  await writeFile(file, `${JSON.stringify(record, null, 2)}\n`);
}
