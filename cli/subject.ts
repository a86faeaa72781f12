import { InvalidArgumentError } from "commander";
import { formatSha256Sri, isStorePath, NixFormatError, parseHash, parseStorePath } from "../nix/index.ts";

/** What can be looked up. */
export type Subject = { readonly asked: string } & (
  | { readonly kind: "path"; readonly storePath: string }
  | { readonly kind: "derivation"; readonly drvPath: string; readonly outputName: string }
  | { readonly kind: "narHash"; readonly narHash: string }
  | { readonly kind: "hashPart"; readonly hashPart: string }
);

const HASH_PART = /^[0-9a-df-np-sv-z]{32}$/;
const DERIVATION = /^(\/nix\/store\/[^!^]*\.drv)(?:[!^]([a-zA-Z0-9+\-._?=]{1,211}))?$/;

/** Collects subjects, for commander: a store path, a derivation and its output, a NAR hash, or the hash part of a store path. */
export function parseSubject(text: string, before: readonly Subject[] | undefined): Subject[] {
  try {
    return [...(before ?? []), { asked: text, ...parse(text) }];
  } catch (error) {
    throw error instanceof NixFormatError ? new InvalidArgumentError(error.reason) : error;
  }
}

function parse(text: string) {
  const [, drvPath, outputName = "out"] = DERIVATION.exec(text) ?? [];
  if (drvPath !== undefined) {
    parseStorePath(drvPath);
    return { kind: "derivation", drvPath, outputName } as const;
  }
  if (HASH_PART.test(text)) {
    return { kind: "hashPart", hashPart: text } as const;
  }
  if (/^[a-z0-9]{1,8}[:-]/.test(text) && !isStorePath(text)) {
    const { algorithm, digest } = parseHash(text);
    if (algorithm !== "sha256") {
      throw new InvalidArgumentError("NAR hashes are by sha256");
    }
    return { kind: "narHash", narHash: formatSha256Sri(digest) } as const;
  }
  parseStorePath(text);
  return { kind: "path", storePath: text } as const;
}
