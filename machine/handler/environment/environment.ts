import type { NixSession } from "../nixDaemon/index.ts";
import type { Usage } from "./usage.ts";

/** Free space on a disk. */
export interface Space {
  readonly bytes: number;
  /** Files, folders and links. */
  readonly inodes: number;
}

/** Where the handler runs: what differs between the machine and a test on another computer. */
export interface Environment {
  /** The system that derivations are built for, such as `riscv64-linux`. */
  readonly system: string;
  readonly nixVersion: string;
  /** The folder in which the handler keeps its own files. */
  readonly folder: string;
  /** Where the files of the store are: `/nix/store`, except in tests. */
  readonly storeFolder: string;
  /** Where Nix keeps build logs. */
  readonly logFolder: string;
  openSession(): Promise<NixSession>;
  /** Bytes in use on V8's heap, of which as many as `limit` may be garbage. */
  usedHeap(limit: number): number;
  /** Free space on the disk of the store. */
  freeSpace(): Space;
  /** Restores what a builder can see of the machine, and clears away what earlier builds left. */
  resetForBuild(): void;
  measure(): Usage;
}
