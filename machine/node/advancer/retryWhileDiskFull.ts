import { setTimeout as pause } from "node:timers/promises";
import { DiskFullError } from "../store/storageErrors.ts";

const PAUSE_MILLISECONDS = 2_000;

/** Writes something that took long to make; while the disk is full it is kept and tried again. */
export async function retryWhileDiskFull(
  write: () => void,
  {
    signal,
    onDiskFull,
  }: { signal: AbortSignal; onDiskFull(error: DiskFullError, retryInMilliseconds: number): void },
): Promise<void> {
  while (true) {
    try {
      return write();
    } catch (error) {
      if (!(error instanceof DiskFullError)) {
        throw error;
      }
      onDiskFull(error, PAUSE_MILLISECONDS);
      await pause(PAUSE_MILLISECONDS, undefined, { signal });
    }
  }
}
