import { existsSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Calls a function with a copy of the folder of journals, which is empty if there is no such folder, and removes the copy. */
export async function withCopyOf<Result>(
  journals: string,
  use: (copy: string) => Promise<Result>,
): Promise<Result> {
  const copy = await mkdtemp(join(tmpdir(), "cartenix-dry-run-"));
  try {
    if (existsSync(journals)) {
      await cp(journals, copy, { recursive: true });
    }
    return await use(copy);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
