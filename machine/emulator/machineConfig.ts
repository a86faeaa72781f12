/**
 * A machine's configuration in the emulator's own format (archive version 6, Cartesi Machine 0.20): the parameter of
 * `machine.create` and `config.json` in a stored machine. Missing fields have the emulator's defaults. Lengths and
 * addresses are in bytes. Relative file names are relative to our working directory.
 */
export interface MachineConfig {
  ram: MemoryConfig & { length: number | bigint };
  dtb?: MemoryConfig & {
    /** The kernel's command line. */
    bootargs?: string;
    init?: string;
    entrypoint?: string;
  };
  /** The drives appear as /dev/pmem0, /dev/pmem1, … in this order. */
  flash_drive?: FlashDriveConfig[];
  processor?: {
    registers?: { [register: string]: number | bigint | { [register: string]: number | bigint } };
  };
}

export interface MemoryConfig {
  backing_store?: BackingStore;
}

/** A flash drive; without `length` it is as long as its file. The emulator chooses the address. */
export interface FlashDriveConfig extends MemoryConfig {
  length?: number | bigint;
  read_only?: boolean;
}

/**
 * The file behind a range of memory. Unless shared, it is mapped copy-on-write and never changes. When shared, the
 * machine's writes go to the file, and the machine cannot fork.
 */
export interface BackingStore {
  data_filename: string;
  shared?: boolean;
  /** Create the file, which must not exist. */
  create?: boolean;
  /** Resize the file to the range's length. */
  truncate?: boolean;
}
