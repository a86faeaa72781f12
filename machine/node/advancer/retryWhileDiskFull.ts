import { setTimeout as pause } from "node:timers/promises";
import { DiskFullError } from "../store/storageErrors.ts";

const PAUSE_MS = 2_000;

/** Writes a result that was expensive to compute; keeps it and retries while the disk is full. */
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
      onDiskFull(error, PAUSE_MS);
      await pause(PAUSE_MS, undefined, { signal });
    }
  }
}
