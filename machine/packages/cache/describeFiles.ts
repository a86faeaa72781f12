import { lstat, readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { sha256OfFile } from "./sha256OfFile.ts";

/** What identifies a file's content. */
export interface FileDigest {
  /** 64 hex digits. */
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
}

/** The sha256 and the size of a file. */
export async function describeFile(file: string): Promise<FileDigest> {
  return { sha256: await sha256OfFile(file), size: (await stat(file)).size };
}

/** The sha256 and the size of all files below some files or folders, by their path from `base`, sorted. */
export async function describeFiles(
  base: string,
  places: readonly string[],
): Promise<Record<string, FileDigest>> {
  const found: string[] = [];
  for (const place of places) {
    const start = join(base, place);
    if ((await lstat(start)).isFile()) {
      found.push(start);
    } else {
      const entries = await readdir(start, { recursive: true, withFileTypes: true });
      found.push(
        ...entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name)),
      );
    }
  }
  const described: [string, FileDigest][] = [];
  for (const file of found.toSorted()) {
    described.push([relative(base, file), await describeFile(file)]);
  }
  return Object.fromEntries(described);
}
