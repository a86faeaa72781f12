import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder that is removed when it is disposed of. */
export interface ScratchFolder extends AsyncDisposable {
  readonly path: string;
}

const REMOVAL = { recursive: true, force: true } as const;
const existing = new Set<string>();

/**
 * Makes a folder in the system's temporary folder.
 *
 * It goes when it is disposed of, or else when the process exits: a command that is interrupted calls `process.exit()`
 * in the middle of what it does.
 */
export async function makeScratchFolder(name: string): Promise<ScratchFolder> {
  if (existing.size === 0) {
    process.once("exit", removeAll);
  }
  const path = await mkdtemp(join(tmpdir(), `cartenix-${name}-`));
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

function removeAll(): void {
  for (const path of existing) {
    rmSync(path, REMOVAL);
  }
}
