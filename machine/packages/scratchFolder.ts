import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that is removed when it is disposed of. */
export interface ScratchFolder extends AsyncDisposable {
  readonly path: string;
}

const REMOVAL = { recursive: true, force: true } as const;
/** How long a write that is under way may take. */
const SETTLING_MS = 50;
const MAX_REMOVALS = 20;
const existing = new Set<string>();

/**
 * Makes a folder in the system's temporary folder.
 *
 * It goes when it is disposed of, or else when the process exits: a command that is interrupted calls `process.exit()`
 * in the middle of what it does.
 */
export function makeScratchFolder(name: string): ScratchFolder {
  if (existing.size === 0) {
    process.once("exit", removeAll);
  }
  // in one step, so that no signal comes in between
  const path = mkdtempSync(join(tmpdir(), `cartenix-${name}-`));
  existing.add(path);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, REMOVAL);
      existing.delete(path);
      if (existing.size === 0) {
        process.removeListener("exit", removeAll);
      }
    },
  };
}

/** What was being written when the process was told to exit may make a folder anew for a moment. */
function removeAll(): void {
  for (let attempt = 0; attempt < MAX_REMOVALS && [...existing].some(existsSync); attempt += 1) {
    for (const path of existing) {
      rmSync(path, { ...REMOVAL, maxRetries: MAX_REMOVALS, retryDelay: SETTLING_MS });
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLING_MS);
  }
}
