import { MAX_DISK_BYTES, MAX_FILES, MAX_MEMORY_BYTES, MAX_PROCESSES } from "../limits.ts";

/** What the machine uses of everything that is limited for a build. */
export interface Usage {
  /** Bytes in use on the disk. */
  readonly diskBytes: number;
  /** Files, folders and links on the disk. */
  readonly files: number;
  /** How often a build could not start a process because it had too many. */
  readonly refusedProcesses: number;
  /** How often processes of a build were killed because together they needed too much memory. */
  readonly memoryKills: number;
}

/** Describes the limit that a build exceeded between two measurements; `undefined` if it exceeded none. */
export function exceededLimit(before: Usage, now: Usage): string | undefined {
  if (now.refusedProcesses > before.refusedProcesses) {
    return `${MAX_PROCESSES} processes`;
  }
  if (now.memoryKills > before.memoryKills) {
    return `${MAX_MEMORY_BYTES} bytes of memory`;
  }
  if (now.diskBytes - before.diskBytes > MAX_DISK_BYTES) {
    return `${MAX_DISK_BYTES} bytes on the disk`;
  }
  if (now.files - before.files > MAX_FILES) {
    return `${MAX_FILES} files`;
  }
  return undefined;
}
