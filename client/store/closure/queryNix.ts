import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { compareStorePaths, isStorePath, STORE_DIR } from "../../../nix/index.ts";
import type { ReadOptions } from "../nar/streamPathNar.ts";
import { printPath } from "../printPath.ts";
import { ClosureLimitError, NixQueryError } from "../storeErrors.ts";
import { type LocalPath, MAX_CLOSURE_PATHS } from "./localPath.ts";
import { parseRegistration } from "./parseRegistration.ts";

const run = promisify(execFile);

/** Paths on one command line: one megabyte at most. */
const BATCH_PATHS = 4_000;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/**
 * Finds a closure by asking this computer's Nix, which knows the references of what it registered.
 *
 * @returns `undefined` when there is no `nix-store`.
 * @throws {NixQueryError} when Nix does not know a path, or says what it must not.
 */
export async function queryNix(
  paths: readonly string[],
  options: ReadOptions,
): Promise<Map<string, LocalPath> | undefined> {
  const members = new Set<string>();
  for (const batch of batchesOf(paths)) {
    const output = await nixStore(["--query", "--requisites", ...batch], options);
    if (output === undefined) {
      return undefined;
    }
    for (const path of parsePaths(output)) {
      members.add(path);
    }
    if (members.size > MAX_CLOSURE_PATHS) {
      throw new ClosureLimitError(`the closure has more than ${MAX_CLOSURE_PATHS} paths`);
    }
  }
  const found = new Map<string, LocalPath>();
  for (const batch of batchesOf([...members])) {
    const registered = parseRegistration((await nixStore(["--dump-db", ...batch], options)) ?? "");
    for (const path of batch) {
      const references = registered.get(path)?.sort(compareStorePaths);
      if (references?.every((reference) => members.has(reference)) !== true) {
        throw new NixQueryError(`nix-store does not name the references of ${path}`);
      }
      found.set(path, { path, place: join("/", path), references, nar: undefined });
    }
  }
  const missing = paths.find((path) => !found.has(path));
  if (missing !== undefined) {
    throw new NixQueryError(`nix-store does not name ${missing} among what it needs itself`);
  }
  return found;
}

function* batchesOf(paths: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < paths.length; at += BATCH_PATHS) {
    yield paths.slice(at, at + BATCH_PATHS);
  }
}

function parsePaths(output: string): string[] {
  const lines = output.split("\n");
  const odd = lines.pop() !== "" ? "no end of line" : lines.find((line) => !isStorePath(line));
  if (odd !== undefined) {
    throw new NixQueryError("nix-store --query --requisites prints something else than store paths", {
      details: JSON.stringify(odd.slice(0, 200)),
    });
  }
  return lines;
}

async function nixStore(words: readonly string[], { signal }: ReadOptions): Promise<string | undefined> {
  try {
    const limits = { maxBuffer: MAX_OUTPUT_BYTES, ...(signal && { signal }) };
    return (await run("nix-store", words, limits)).stdout;
  } catch (error) {
    signal?.throwIfAborted();
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT") {
      return undefined;
    }
    throw new NixQueryError(`nix-store ${words.slice(0, 2).join(" ").slice(0, 100)} failed`, {
      cause: error,
      details: printPath(stderr?.trim() || String(code)),
      remedy: `check that the paths are in ${STORE_DIR}: nix-store --check-validity PATH…`,
    });
  }
}
