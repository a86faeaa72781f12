import { join } from "node:path";
import type { Environment } from "./environment/environment.ts";
import type { Inventory } from "./inventory/inventory.ts";
import { BlobStore } from "./uploads/blobStore.ts";

/** What the handler keeps from one input to the next. */
export interface State {
  readonly environment: Environment;
  readonly inventory: Inventory;
  readonly blobs: BlobStore;
}

export function createState(environment: Environment, inventory: Inventory): State {
  const blobs = new BlobStore(join(environment.folder, "blobs"));
  return { environment, inventory, blobs };
}
