import { CartenixError } from "../../../support/index.ts";
import type { Monitor } from "../monitor/createMonitor.ts";
import { machineHashAfter, processedInputCount } from "../store/inputsTable.ts";
import type { Store } from "../store/openStore.ts";
import { DiskFullError } from "../store/storageErrors.ts";
import { isDiskFull } from "../store/toStorageError.ts";
import { MachineNotStoredError } from "./machineErrors.ts";
import { type RecoverOptions, recoverMachine } from "./recoverMachine.ts";
import type { RollupMachine } from "./rollupMachine.ts";
import { sweepSnapshots, takeSnapshot } from "./snapshots.ts";

/** What replaying costs an input beside its cycles (its hash, the requests to the emulator), in cycles. */
const INPUT_OVERHEAD_CYCLES = 10_000_000n;

/** Keeps the machine up: brings it up when it is needed, and stores it now and then. */
export interface MachineSupervisor {
  /** The machine as it is after the inputs in the database; recovered first when it is not up, or elsewhere. */
  machine(): Promise<RollupMachine>;
  /** The machine, if it is up. */
  running(): RollupMachine | undefined;
  /** Gives up a machine that failed; the next who needs it has it recovered. */
  discard(): Promise<void>;
  /** Counts what an input took, and stores the machine when replaying it all would take too long. */
  spent(cycles: bigint): Promise<void>;
}

export interface MachineSupervisorOptions extends RecoverOptions {
  snapshotCycles: bigint;
  monitor: Monitor;
}

export function createMachineSupervisor(options: MachineSupervisorOptions): MachineSupervisor {
  const { monitor, log } = options;
  let running: RollupMachine | undefined;
  let sinceSnapshot = 0n;
  const supervisor: MachineSupervisor = {
    running: () => running,
    async machine() {
      if (running !== undefined && isUpToDate(running, options.store)) {
        return running;
      }
      await supervisor.discard();
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
      if (running === undefined || sinceSnapshot < options.snapshotCycles) {
        return;
      }
      sinceSnapshot = 0n;
      const { inputs } = running.state();
      const startedAt = performance.now();
      log.info({ inputs }, "snapshot started");
      try {
        await takeSnapshot(running, options.store, options.snapshotsDirectory, log);
        monitor.snapshot();
        log.info({ inputs, milliseconds: Math.round(performance.now() - startedAt) }, "snapshot taken");
      } catch (error) {
        // The node can do without, and only takes longer to come up again.
        const fault = snapshotFault(error, options.snapshotsDirectory);
        const { shortMessage: reason, remedy } = fault;
        monitor.snapshot(`${reason}: ${fault.details}`);
        log.warn({ inputs, reason, details: fault.details, remedy }, "the machine could not be stored");
        await sweepSnapshots(options.store, options.snapshotsDirectory).catch(() => {});
      }
    },
  };
  return supervisor;
}

/** After a reorganisation of the chain the machine may be ahead of the database. */
function isUpToDate(machine: RollupMachine, store: Store): boolean {
  const { inputs, machineHash } = machine.state();
  return inputs === processedInputCount(store) && machineHash === machineHashAfter(store, inputs);
}

/** The emulator cannot say that the disk is full where it dies of that. */
function snapshotFault(error: unknown, directory: string): CartenixError {
  if (/ENOSPC|No space left/.test(String(error)) || isDiskFull(directory)) {
    return new DiskFullError(directory, error);
  }
  if (error instanceof CartenixError) {
    return error;
  }
  return new MachineNotStoredError(error);
}
