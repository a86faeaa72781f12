import { formatHash } from "../hash/formatHash.ts";
import { checkReferences } from "../storePath/checkReferences.ts";
import { parseStorePath, STORE_DIR } from "../storePath/storePath.ts";
import type { NarInfo } from "./narInfo.ts";

/**
 * Writes a `.narinfo` as Nix's binary caches do.
 *
 * @throws {StorePathFormatError} when the path, its deriver or a reference is not a store path, or the references are not sorted.
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

function formatSha256(digest: Uint8Array): string {
  return formatHash({ algorithm: "sha256", digest }, "base32");
}

function baseNameOf(storePath: string): string {
  parseStorePath(storePath);
  return storePath.slice(STORE_DIR.length + 1);
}
