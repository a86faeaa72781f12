import { readFile, writeFile } from "node:fs/promises";
import type { Hex } from "viem";
import { type Manifest, manifestDigest } from "./manifest/manifest.ts";

/** The template that this repository's sources are known to make: the content of `template.json`. */
export interface PinnedTemplate {
  readonly templateHash: Hex;
  /** sha256 of `manifest.json`, 64 hex digits. */
  readonly manifest: string;
  /** What shows a consensus with disputes that they can start from this template (`IStepVerifier.checkTemplate`). */
  readonly templateProof: Hex;
}

const FILE = new URL("template.json", import.meta.url);

/** How a template compares to the pinned one. */
export type Comparison = "same" | "same hash, other manifest" | "other hash" | "nothing pinned";

/** Compares a template to the pinned one by its manifest. */
export async function compareToPinned(manifest: Manifest): Promise<Comparison> {
  const pinned = await readPinnedTemplate();
  if (pinned === undefined) {
    return "nothing pinned";
  }
  if (pinned.templateHash !== manifest.templateHash) {
    return "other hash";
  }
  return pinned.manifest === manifestDigest(manifest) ? "same" : "same hash, other manifest";
}

/** Pins a template: writes its hash, its manifest's digest and its proof to `template.json`. */
export async function writePinnedTemplate(manifest: Manifest, templateProof: Hex): Promise<void> {
  const { templateHash } = manifest;
  const pinned: PinnedTemplate = { templateHash, manifest: manifestDigest(manifest), templateProof };
  await writeFile(FILE, `${JSON.stringify(pinned, null, 2)}\n`);
}

/** The pinned template; `undefined` when none is pinned. */
export async function readPinnedTemplate(): Promise<PinnedTemplate | undefined> {
  const text = await readFile(FILE, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as PinnedTemplate);
}
