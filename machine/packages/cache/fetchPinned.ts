import type { Progress } from "../../../support/index.ts";
import { findMirror } from "../archive/findMirror.ts";
import type { PinnedFile } from "../lock.ts";
import { fetchFile } from "./fetchFile.ts";
import { forEachParallel } from "./forEachParallel.ts";

/** A pinned file in the cache, checked against its pin. */
export interface FetchedFile extends PinnedFile {
  /** Its path in the cache, which is shared: never write to it. */
  readonly file: string;
}

const PARALLEL_DOWNLOADS = 4;

/**
 * Downloads pinned files into the content-addressed cache (`debs/<sha256>`), four at a time, and returns them in the
 * order given. Files that the cache has are hashed and not downloaded; if it has all, no mirror is needed.
 *
 * @throws {PinnedFileGoneError} when the mirror no longer has a file.
 * @throws {DebianError} when a file cannot be downloaded, or differs from its pin.
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
    await forEachParallel(PARALLEL_DOWNLOADS, files, async (pinned, position) => {
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
