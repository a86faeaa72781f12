/**
 * A machine's configuration in the emulator's own words (archive version 6, Cartesi Machine 0.20): the shape of
 * `machine.create`'s parameter and of `config.json` in a stored machine. What is left out keeps the emulator's default.
 * Lengths and addresses are bytes. Relative file names start from our working folder.
 */
export interface MachineConfig {
  ram: MemoryConfig & { length: number | bigint };
  dtb?: MemoryConfig & {
    /** The kernel's command line. */
    bootargs?: string;
    init?: string;
    entrypoint?: string;
  };
  /** They appear as /dev/pmem0, /dev/pmem1, … in this order. */
  flash_drive?: FlashDriveConfig[];
  processor?: {
    registers?: { [register: string]: number | bigint | { [register: string]: number | bigint } };
  };
}

export interface MemoryConfig {
  backing_store?: BackingStore;
}

/** A flash drive; without `length` it is as long as its file. Leave `start` out: the emulator places the drives. */
export interface FlashDriveConfig extends MemoryConfig {
  length?: number | bigint;
  read_only?: boolean;
}

/**
 * The file behind a range of memory. Not shared, it is mapped copy-on-write and never changes. Shared, what the
 * machine writes is written to the file, and the machine can no longer fork.
 */
export interface BackingStore {
  data_filename: string;
  shared?: boolean;
  /** Make the file, which must not exist. */
  create?: boolean;
  /** Bring the file to the range's length. */
  truncate?: boolean;
}
