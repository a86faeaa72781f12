import { join } from "node:path";
import { BlobStore } from "./blobs/blobStore.ts";
import type { NixSession } from "./daemon/index.ts";
import type { Inventory } from "./inventory.ts";
import type { Usage } from "./usage.ts";

/** Room on a disk. */
export interface Space {
  readonly bytes: number;
  /** Files, folders and links. */
  readonly inodes: number;
}

/** Where the handler is: what differs between the machine and a test on another computer. */
export interface Surroundings {
  /** What can be built here, such as `riscv64-linux`. */
  readonly system: string;
  readonly nixVersion: string;
  /** A folder of the handler's own. */
  readonly folder: string;
  /** Where the store's files lie: `/nix/store`, but for tests. */
  readonly storeFolder: string;
  /** Where Nix keeps the logs of builds. */
  readonly logFolder: string;
  openSession(): Promise<NixSession>;
  /** What is left on the store's disk. */
  freeSpace(): Space;
  /** Sets back what a builder can see of the machine and what the builds before this one left. */
  resetForBuild(): void;
  measure(): Usage;
}

/** What the handler keeps from one input to the next. */
export interface State {
  readonly surroundings: Surroundings;
  readonly inventory: Inventory;
  readonly blobs: BlobStore;
}

export function createState(surroundings: Surroundings, inventory: Inventory): State {
  const blobs = new BlobStore(join(surroundings.folder, "blobs"));
  return { surroundings, inventory, blobs };
}
