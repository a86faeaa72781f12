import { machineHashAfter, processedInputCount } from "../store/advances.ts";
import type { Store } from "../store/openStore.ts";
import { type RecoverOptions, recoverMachine } from "./recover.ts";
import type { RollupMachine } from "./rollupMachine.ts";
import { takeSnapshot } from "./snapshots.ts";

/** What replaying costs an input beside its cycles (its hash, the requests to the emulator), in cycles. */
const INPUT_OVERHEAD_CYCLES = 10_000_000n;

/** Keeps the machine up: brings it up when it is needed, and stores it now and then. */
export interface MachineKeeper {
  /** The machine as it is after the inputs in the database; recovered first when it is not up, or elsewhere. */
  machine(): Promise<RollupMachine>;
  /** The machine, if it is up. */
  running(): RollupMachine | undefined;
  /** Gives up a machine that failed; the next who needs it has it recovered. */
  discard(): Promise<void>;
  /** Counts what an input took, and stores the machine when replaying it all would take too long. */
  spent(cycles: bigint): Promise<void>;
}

export interface KeeperOptions extends RecoverOptions {
  snapshotCycles: bigint;
}

export function createMachineKeeper(options: KeeperOptions): MachineKeeper {
  const { log } = options;
  let running: RollupMachine | undefined;
  let sinceSnapshot = 0n;
  const keeper: MachineKeeper = {
    running: () => running,
    async machine() {
      if (running !== undefined && isUpToDate(running, options.store)) return running;
      await keeper.discard();
      const { machine, replayedCycles } = await recoverMachine(options);
      running = machine;
      sinceSnapshot = replayedCycles;
      return machine;
    },
    async discard() {
      const failed = running;
      running = undefined;
      await failed?.stop();
    },
    async spent(cycles) {
      sinceSnapshot += cycles + INPUT_OVERHEAD_CYCLES;
      if (running === undefined || sinceSnapshot < options.snapshotCycles) return;
      sinceSnapshot = 0n;
      const { inputs } = running.state();
      const startedAt = performance.now();
      log.info({ inputs }, "snapshot started");
      try {
        await takeSnapshot(running, options.store, options.snapshotsDirectory);
        log.info({ inputs, milliseconds: Math.round(performance.now() - startedAt) }, "snapshot taken");
      } catch (error) {
        // The node can do without, and only takes longer to come up again.
        log.warn({ inputs, error: String(error) }, "the machine could not be stored");
      }
    },
  };
  return keeper;
}

/** After a reorganisation of the chain the machine may be ahead of the database. */
function isUpToDate(machine: RollupMachine, store: Store): boolean {
  const { inputs, machineHash } = machine.state();
  return inputs === processedInputCount(store) && machineHash === machineHashAfter(store, inputs);
}
