import { readFile, writeFile } from "node:fs/promises";
import type { Hex } from "viem";
import { type Manifest, manifestDigest } from "./manifest/manifest.ts";

/** The template that the repository's sources are known to make: the content of `template.json`. */
export interface TemplateRecord {
  readonly templateHash: Hex;
  /** sha256 of `manifest.json`, 64 hex digits. */
  readonly manifest: string;
}

const file = new URL("template.json", import.meta.url);

/** How a template compares to the recorded one. */
export type Verdict = "same" | "same hash, other manifest" | "other hash" | "nothing recorded";

export async function compareToRecord(manifest: Manifest): Promise<Verdict> {
  const recorded = await readRecord();
  if (recorded === undefined) {
    return "nothing recorded";
  }
  if (recorded.templateHash !== manifest.templateHash) {
    return "other hash";
  }
  return recorded.manifest === manifestDigest(manifest) ? "same" : "same hash, other manifest";
}

export async function writeRecord(manifest: Manifest): Promise<void> {
  const record: TemplateRecord = { templateHash: manifest.templateHash, manifest: manifestDigest(manifest) };
  await writeFile(file, `${JSON.stringify(record, null, 2)}\n`);
}

/** The hash of the template that this repository's sources make; `undefined` when none was recorded. */
export async function recordedTemplateHash(): Promise<Hex | undefined> {
  return (await readRecord())?.templateHash;
}

async function readRecord(): Promise<TemplateRecord | undefined> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as TemplateRecord);
}
