import { compareStorePaths, formatHash, parseStorePath, STORE_DIR } from "../../nix/index.ts";
import { NarInfoFormatError } from "../substituterErrors.ts";
import type { NarInfo } from "./narInfo.ts";

/**
 * Writes a `.narinfo` as Nix's binary caches do.
 *
 * @throws {StorePathFormatError} when the path, its deriver or a reference is not a store path.
 * @throws {NarInfoFormatError} when the references are not sorted, or one is there twice.
 * @throws {HashFormatError} when a hash does not have 32 bytes.
 */
export function formatNarInfo(info: NarInfo): string {
  parseStorePath(info.storePath);
  checkReferences(info.references);
  const fields: [name: string, value: string | undefined][] = [
    ["StorePath", info.storePath],
    ["URL", info.url],
    ["Compression", info.compression],
    ["FileHash", info.fileHash && formatSha256(info.fileHash)],
    ["FileSize", info.fileSize?.toString()],
    ["NarHash", formatSha256(info.narHash)],
    ["NarSize", String(info.narSize)],
    ["References", info.references.map(baseNameOf).join(" ")],
    ["Deriver", info.deriver && baseNameOf(info.deriver)],
    ...info.signatures.map((signature): [string, string] => ["Sig", signature]),
    ["CA", info.contentAddress],
  ];
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}\n`])).join("");
}

/** The text that signatures of a store path sign. It has everything that a reader relies on, and nothing of the file. */
export function narInfoFingerprint({
  storePath,
  narHash,
  narSize,
  references,
}: Pick<NarInfo, "storePath" | "narHash" | "narSize" | "references">): string {
  checkReferences(references);
  return `1;${storePath};${formatSha256(narHash)};${narSize};${references.join(",")}`;
}

function checkReferences(references: readonly string[]): void {
  const unsorted = references.find(
    (reference, index) => index > 0 && compareStorePaths(references[index - 1]!, reference) >= 0,
  );
  if (unsorted !== undefined) {
    throw new NarInfoFormatError(`the reference ${unsorted} is unsorted or there twice`);
  }
}

function formatSha256(digest: Uint8Array): string {
  return formatHash({ algorithm: "sha256", digest }, "base32");
}

function baseNameOf(storePath: string): string {
  parseStorePath(storePath);
  return storePath.slice(STORE_DIR.length + 1);
}
