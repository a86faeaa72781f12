import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { compareStorePaths, isStorePath, STORE_DIR } from "../../../nix/index.ts";
import { localContentAddress } from "../contentAddress/localContentAddress.ts";
import { unreadableError } from "../nar/readErrors.ts";
import { type ReadOptions, streamTransientNar } from "../nar/streamPathNar.ts";
import { ClosureLimitError } from "../storeErrors.ts";
import { type LocalPath, MAX_CLOSURE_PATHS } from "./localPath.ts";
import { type Candidates, candidatesOf, ReferenceScanner } from "./referenceScanner.ts";

/** Finds a closure without Nix: reads each path for the hash parts of others in the same store folder, in the pass that hashes it. */
export async function scanClosure(
  paths: readonly string[],
  storeFolder: string,
  options: ReadOptions,
): Promise<Map<string, LocalPath>> {
  const candidates = candidatesOf(await storePathsIn(storeFolder));
  const found = new Map<string, LocalPath>();
  const waiting = new Set(paths);
  for (const path of waiting) {
    const place = join(storeFolder, path.slice(STORE_DIR.length));
    const local = await scanPath(path, place, candidates, options);
    found.set(path, local);
    for (const reference of local.references) {
      waiting.add(reference);
    }
    if (waiting.size > MAX_CLOSURE_PATHS) {
      throw new ClosureLimitError(`the closure has more than ${MAX_CLOSURE_PATHS} paths`);
    }
  }
  return found;
}

async function storePathsIn(storeFolder: string): Promise<string[]> {
  const names = await readdir(storeFolder).catch((error: unknown) => {
    throw unreadableError(storeFolder, error);
  });
  return names.map((name) => `${STORE_DIR}/${name}`).filter(isStorePath);
}

async function scanPath(
  path: string,
  place: string,
  candidates: Candidates,
  options: ReadOptions,
): Promise<LocalPath> {
  const scanner = new ReferenceScanner(candidates);
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of streamTransientNar(place, options)) {
    hash.update(chunk);
    scanner.push(chunk);
    size += chunk.length;
  }
  const nar = { sha256: new Uint8Array(hash.digest()), size };
  const local = { path, place, nar, references: [...scanner.found].sort(compareStorePaths) };
  if (local.references.length === 0 && !path.endsWith(".drv")) {
    return local;
  }
  // Nix scans what it built; what else is in a store refers to what its name says
  const address = await localContentAddress(local, options);
  return address === undefined ? local : { ...local, references: address.references };
}
