import { statfs } from "node:fs/promises";
import { collectDefaultMetrics, Gauge, type Registry } from "prom-client";
import { memoryOfGroup } from "../../emulator/index.ts";
import { readApplicationState } from "../store/applicationTable.ts";
import { wrongClaims } from "../store/claimsTable.ts";
import { epochsAwaitingAcceptance } from "../store/epochsTable.ts";
import { executionCount } from "../store/executionsTable.ts";
import { inputCount, processedInputCount } from "../store/inputsTable.ts";
import type { Store } from "../store/openStore.ts";
import { pendingTransactionCount } from "../store/transactionsTable.ts";
import { allocatedBytes } from "./allocatedBytes.ts";

export interface GaugeOptions {
  store: Store;
  directory: string;
  isHealthy(): boolean;
  /** The emulator's process group, while it is up. */
  processGroup(): number | undefined;
}

/** Adds the gauges that are read when `/metrics` is requested. */
export function addGauges(
  register: Registry,
  { store, directory, isHealthy, processGroup }: GaugeOptions,
): void {
  const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
    new Gauge({
      name: `cartenix_${name}`,
      help,
      registers: [register],
      async collect() {
        this.set(await read());
      },
    });
  collectDefaultMetrics({ register });
  gauge("healthy", "1 when /health returns 200", () => (isHealthy() ? 1 : 0));
  gauge("checked_block", "The last block that was read", () =>
    Number(readApplicationState(store).checkedBlock),
  );
  gauge("inputs", "Inputs on the chain, in the blocks read so far", () => Number(inputCount(store)));
  gauge("inputs_waiting", "Inputs waiting for the machine", () =>
    Number(inputCount(store) - processedInputCount(store)),
  );
  gauge(
    "claims_waiting",
    "Epochs whose claim is computed but not accepted yet",
    () => epochsAwaitingAcceptance(store).length,
  );
  gauge(
    "wrong_claims",
    "Claims that differ from what this node's machine computed, and are neither dead nor accepted",
    () => wrongClaims(store).filter(({ isAccepted }) => !isAccepted).length,
  );
  gauge(
    "wrong_claims_accepted",
    "Accepted claims that differ from what this node's machine computed",
    () => wrongClaims(store).filter(({ isAccepted }) => isAccepted).length,
  );
  gauge("outputs_executed", "Executed outputs on the chain, in the blocks read so far", () =>
    Number(executionCount(store)),
  );
  gauge("transactions_pending", "Transactions of the node whose outcome is not known yet", () =>
    Number(pendingTransactionCount(store)),
  );
  gauge("data_bytes", "Disk space used by the data folder: database and snapshots", () =>
    allocatedBytes(directory),
  );
  gauge("database_bytes", "Disk space used by the database", () => allocatedBytes(directory, "node.sqlite"));
  gauge("disk_free_bytes", "Free space on the data folder's file system", async () => {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  });
  gauge("emulator_memory_bytes", "Memory of the emulator and its forks, shared pages counted once", () => {
    const group = processGroup();
    return group === undefined ? 0 : memoryOfGroup(group);
  });
}
