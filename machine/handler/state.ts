import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { BlobStore } from "./blobs/blobStore.ts";
import type { LogSink, NixSession } from "./daemon/index.ts";
import type { Inventory } from "./inventory.ts";
import { LogArchive } from "./logArchive.ts";

/** Where the handler is: what differs between the machine and a test on another computer. */
export interface Surroundings {
  /** What can be built here, such as `riscv64-linux`. */
  readonly system: string;
  /** A folder of the handler's own, for blobs and logs. */
  readonly folder: string;
  openSession(log?: LogSink): Promise<NixSession>;
  /** Sets back what a builder can see of the machine and what the builds before this one left. */
  resetForBuild(): void;
}

/** What the handler keeps from one input to the next. */
export interface State {
  readonly surroundings: Surroundings;
  readonly inventory: Inventory;
  readonly blobs: BlobStore;
  readonly logs: LogArchive;
}

export function createState(surroundings: Surroundings, inventory: Inventory): State {
  const { folder } = surroundings;
  mkdirSync(folder, { recursive: true });
  return {
    surroundings,
    inventory,
    blobs: new BlobStore(join(folder, "blobs")),
    logs: new LogArchive(join(folder, "logs")),
  };
}
