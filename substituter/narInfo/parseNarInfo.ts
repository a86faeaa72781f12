import {
  compareStorePaths,
  HashFormatError,
  parseHash,
  parseStorePath,
  STORE_DIR,
  StorePathFormatError,
} from "../../nix/index.ts";
import { NarInfoFormatError } from "../substituterErrors.ts";
import { MAX_NAR_INFO_BYTES, type NarInfo } from "./narInfo.ts";

const ONCE = [
  "StorePath",
  "URL",
  "Compression",
  "FileHash",
  "FileSize",
  "NarHash",
  "NarSize",
  "References",
  "Deriver",
  "CA",
] as const;
type Field = (typeof ONCE)[number];

/** Nix's default, of the time when caches did not say how they compressed. */
const DEFAULT_COMPRESSION = "bzip2";
const UNKNOWN_DERIVER = "unknown-deriver";
const SIGNATURE = /^[^\s:]{1,255}:[A-Za-z0-9+/]{86}==$/;
const COMPRESSION = /^[a-z0-9]{1,16}$/;

/**
 * Parses a `.narinfo`. Fields that Nix does not know are ignored, as Nix does.
 *
 * @throws {NarInfoFormatError} when a field is missing, there twice, or malformed.
 */
export function parseNarInfo(text: string): NarInfo {
  if (text.length > MAX_NAR_INFO_BYTES) {
    throw new NarInfoFormatError(`longer than ${MAX_NAR_INFO_BYTES} bytes`);
  }
  const { fields, signatures } = splitFields(text);
  const required = (field: Field) => {
    const value = fields.get(field);
    if (value === undefined || value === "") {
      throw new NarInfoFormatError(`${field} is missing`);
    }
    return value;
  };
  const optional = (field: Field) => fields.get(field) || undefined;
  const fileHash = optional("FileHash");
  const fileSize = optional("FileSize");
  const deriver = optional("Deriver");
  return {
    storePath: parsePath("StorePath", required("StorePath")),
    url: required("URL"),
    compression: parseCompression(optional("Compression") ?? DEFAULT_COMPRESSION),
    fileHash: fileHash === undefined ? undefined : parseSha256("FileHash", fileHash),
    fileSize: fileSize === undefined ? undefined : parseSize("FileSize", fileSize),
    narHash: parseSha256("NarHash", required("NarHash")),
    narSize: parseSize("NarSize", required("NarSize")),
    references: parseReferences(optional("References")),
    deriver:
      deriver === undefined || deriver === UNKNOWN_DERIVER ? undefined : parseBaseName("Deriver", deriver),
    signatures,
    contentAddress: optional("CA"),
  };
}

function splitFields(text: string): { fields: Map<Field, string>; signatures: string[] } {
  const fields = new Map<Field, string>();
  const signatures: string[] = [];
  if (!text.endsWith("\n")) {
    throw new NarInfoFormatError("the last line has no end");
  }
  for (const line of text.slice(0, -1).split("\n")) {
    const colon = line.indexOf(": ");
    if (colon < 1) {
      throw new NarInfoFormatError(`${quote(line)} is not a field`);
    }
    const [name, value] = [line.slice(0, colon), line.slice(colon + 2)];
    if (name === "Sig") {
      if (!SIGNATURE.test(value)) {
        throw new NarInfoFormatError(`${quote(value)} is not a signature`);
      }
      signatures.push(value);
    } else if (isField(name)) {
      if (fields.has(name)) {
        throw new NarInfoFormatError(`${name} is there twice`);
      }
      fields.set(name, value);
    }
  }
  return { fields, signatures };
}

function isField(name: string): name is Field {
  return (ONCE as readonly string[]).includes(name);
}

function parseCompression(text: string): string {
  if (!COMPRESSION.test(text)) {
    throw new NarInfoFormatError(`${quote(text)} is not the name of a compression`);
  }
  return text;
}

function parseSize(field: Field, text: string): number {
  const size = Number(text);
  if (!/^(0|[1-9]\d{0,15})$/.test(text) || !Number.isSafeInteger(size)) {
    throw new NarInfoFormatError(`${field} is not a number of bytes: ${quote(text)}`);
  }
  return size;
}

function parseSha256(field: Field, text: string): Uint8Array {
  try {
    const { algorithm, digest } = parseHash(text);
    if (algorithm === "sha256") {
      return digest;
    }
  } catch (error) {
    if (!(error instanceof HashFormatError)) {
      throw error;
    }
  }
  throw new NarInfoFormatError(`${field} is not a sha256: ${quote(text)}`);
}

function parsePath(field: Field, text: string): string {
  try {
    parseStorePath(text);
    return text;
  } catch (error) {
    if (!(error instanceof StorePathFormatError)) {
      throw error;
    }
    throw new NarInfoFormatError(`${field}: ${error.reason}`);
  }
}

function parseBaseName(field: Field, text: string): string {
  return parsePath(field, `${STORE_DIR}/${text}`);
}

function parseReferences(text: string | undefined): string[] {
  const references = text?.split(" ").map((name) => parseBaseName("References", name)) ?? [];
  const sorted = references.toSorted(compareStorePaths);
  if (sorted.some((reference, index) => reference === sorted[index + 1])) {
    throw new NarInfoFormatError("a reference is there twice");
  }
  return sorted;
}

const MAX_QUOTED_CHARACTERS = 120;

/** A stranger's text for a message: one line, bounded. */
function quote(text: string): string {
  return JSON.stringify(text.slice(0, MAX_QUOTED_CHARACTERS));
}
