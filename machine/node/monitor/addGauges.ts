import { statfs } from "node:fs/promises";
import { collectDefaultMetrics, Gauge, type Registry } from "prom-client";
import { readApplicationState } from "../store/applicationTable.ts";
import { epochsAwaitingAcceptance } from "../store/epochsTable.ts";
import { executionCount } from "../store/executionsTable.ts";
import { inputCount, processedInputCount } from "../store/inputsTable.ts";
import type { Store } from "../store/openStore.ts";
import { pendingTransactionCount } from "../store/transactionsTable.ts";
import { allocatedBytes } from "./allocatedBytes.ts";
import { memoryOfGroup } from "./memoryOfGroup.ts";

export interface GaugeOptions {
  store: Store;
  directory: string;
  isHealthy(): boolean;
  /** Of the emulator, while it is up. */
  processGroup(): number | undefined;
}

/** Adds the figures that are looked up when somebody asks. */
export function addGauges(
  register: Registry,
  { store, directory, isHealthy, processGroup }: GaugeOptions,
): void {
  const gauge = (name: string, help: string, look: () => number | Promise<number>) =>
    new Gauge({
      name: `cartenix_${name}`,
      help,
      registers: [register],
      async collect() {
        this.set(await look());
      },
    });
  collectDefaultMetrics({ register });
  gauge("healthy", "1 when /health answers 200", () => (isHealthy() ? 1 : 0));
  gauge("checked_block", "The last block that was read", () =>
    Number(readApplicationState(store).checkedBlock),
  );
  gauge("inputs", "Inputs that the chain holds, as far as it was read", () => Number(inputCount(store)));
  gauge("inputs_waiting", "Inputs that wait for the machine", () =>
    Number(inputCount(store) - processedInputCount(store)),
  );
  gauge(
    "claims_waiting",
    "Epochs whose claim is computed, but not accepted",
    () => epochsAwaitingAcceptance(store).length,
  );
  gauge("outputs_executed", "Executed outputs that the chain holds", () => Number(executionCount(store)));
  gauge("transactions_pending", "Own transactions of which it is not known what became", () =>
    Number(pendingTransactionCount(store)),
  );
  gauge("data_bytes", "What the data folder takes on the disk: database and stored machines", () =>
    allocatedBytes(directory),
  );
  gauge("database_bytes", "What the database takes on the disk", () =>
    allocatedBytes(directory, "node.sqlite"),
  );
  gauge("disk_free_bytes", "Room left on the data folder's file system", async () => {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  });
  gauge("emulator_memory_bytes", "Memory of the emulator and its forks, shared pages counted once", () => {
    const group = processGroup();
    return group === undefined ? 0 : memoryOfGroup(group);
  });
}
