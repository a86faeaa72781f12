import { readFileSync } from "node:fs";
import {
  type Derivation,
  decodeExport,
  type ExportedPath,
  narFileContents,
  parseDerivation,
} from "../../../nix/index.ts";

/** A file that the real Nix wrote; see `golden/generate.ts`. */
export function golden(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../golden/${name}`, import.meta.url)));
}

export function goldenJson<T>(name: string): T {
  return JSON.parse(new TextDecoder().decode(golden(name))) as T;
}

/** What the real Nix reports about a path of the golden closure. */
export interface GoldenPathInfo {
  /** Its content address in Nix's notation, such as `fixed:r:sha256:<base 32>`, or null where it has none. */
  readonly ca: string | null;
  readonly deriver: string | null;
  readonly narHash: string;
  readonly narSize: number;
  readonly references: readonly string[];
}

export const goldenClosure: readonly ExportedPath[] = decodeExport(golden("closure.export"));
export const goldenInfo = goldenJson<Record<string, GoldenPathInfo>>("closure.json");

/** Each derivation of the golden closure, by path, as text and as parsed. */
export const goldenDerivations: ReadonlyMap<string, { text: string; derivation: Derivation }> = new Map(
  goldenClosure
    .filter(({ path }) => path.endsWith(".drv"))
    .map(({ path, nar }) => {
      const text = new TextDecoder().decode(narFileContents(nar));
      return [path, { text, derivation: parseDerivation(text) }];
    }),
);
