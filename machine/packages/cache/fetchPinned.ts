import type { Progress } from "../../../support/index.ts";
import { findMirror } from "../archive/findMirror.ts";
import type { PinnedFile } from "../lock.ts";
import { fetchFile } from "./fetchFile.ts";
import { forEachParallel } from "./forEachParallel.ts";

/** A pinned file that is in the cache, checked. */
export interface FetchedFile extends PinnedFile {
  /** Its place in the cache; shared with others: read it, never write it. */
  readonly file: string;
}

const parallelDownloads = 4;

/**
 * Brings pinned files into the content-addressed cache (`debs/<sha256>`), four at a time, and returns them in the
 * order given. What the cache has already is not fetched, and then no mirror is needed.
 *
 * Throws {@link PinnedFileGoneError} where the mirror has no such file any more, {@link DebianError} otherwise.
 */
export async function fetchPinned(
  files: readonly PinnedFile[],
  { progress, name = "packages" }: { progress: Progress; name?: string },
): Promise<FetchedFile[]> {
  const stage = progress.stage(name);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let received = 0;
  let mirror: Promise<string> | undefined;
  const onBytes = (count: number) => {
    received += count;
    stage.update(`${megabytes(received)} of ${megabytes(total)} MB`);
  };
  const fetched: FetchedFile[] = [];
  try {
    await forEachParallel(parallelDownloads, files, async (pinned, position) => {
      const file = await fetchFile(() => (mirror ??= findMirror()), pinned, onBytes);
      fetched[position] = { ...pinned, file };
    });
  } catch (error) {
    stage.fail();
    throw error;
  }
  stage.done(`${files.length} files, ${megabytes(total)} MB`);
  return fetched;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
