import { readFile } from "node:fs/promises";
import type { Hex } from "viem";

const RECORD = new URL("../machine/image/template.json", import.meta.url);

/** The hash of the template that this repository's sources make, as `npm run template -- --record` wrote it down. */
export async function recordedTemplateHash(): Promise<Hex | undefined> {
  const text = await readFile(RECORD, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as { templateHash: Hex }).templateHash;
}
