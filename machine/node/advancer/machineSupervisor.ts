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

/** What replaying an input costs apart from its cycles (the hash, the requests to the emulator), in cycles. */
const INPUT_OVERHEAD_CYCLES = 10_000_000n;

/** Keeps the machine running: recovers it when it is needed, and stores it from time to time. */
export interface MachineSupervisor {
  /** The machine after the inputs in the database; recovered first unless it is running and up to date. */
  machine(): Promise<RollupMachine>;
  /** The machine, if it is running. */
  running(): RollupMachine | undefined;
  /** Stops a machine that failed; the next call of `machine` recovers it. */
  discard(): Promise<void>;
  /** Adds the cycles of an input, and stores the machine when replaying since the last snapshot would take too long. */
  snapshotWhenDue(cycles: bigint): Promise<void>;
}

export interface MachineSupervisorOptions extends RecoverOptions {
  snapshotCycles: bigint;
  monitor: Monitor;
}

export function createMachineSupervisor(options: MachineSupervisorOptions): MachineSupervisor {
  const { monitor, log } = options;
  let running: RollupMachine | undefined;
  let cyclesSinceSnapshot = 0n;
  const supervisor: MachineSupervisor = {
    running: () => running,
    async machine() {
      if (running !== undefined && isUpToDate(running, options.store)) {
        return running;
      }
      await supervisor.discard();
      const { machine, replayedCycles } = await recoverMachine(options);
      running = machine;
      cyclesSinceSnapshot = replayedCycles;
      return machine;
    },
    async discard() {
      const failed = running;
      running = undefined;
      await failed?.stop();
    },
    async snapshotWhenDue(cycles) {
      cyclesSinceSnapshot += cycles + INPUT_OVERHEAD_CYCLES;
      if (running === undefined || cyclesSinceSnapshot < options.snapshotCycles) {
        return;
      }
      cyclesSinceSnapshot = 0n;
      const { inputs } = running.state();
      const startedAt = performance.now();
      log.info({ inputs }, "snapshot started");
      try {
        await takeSnapshot(running, options.store, options.snapshotsDirectory, log);
        monitor.snapshotTaken();
        log.info({ inputs, milliseconds: Math.round(performance.now() - startedAt) }, "snapshot taken");
      } catch (error) {
        // The node works without a snapshot; only its next start takes longer.
        const fault = toSnapshotError(error, options.snapshotsDirectory);
        const { shortMessage: reason, details, remedy } = fault;
        monitor.snapshotFailed(`${reason}: ${details}`);
        log.warn({ inputs, reason, details, remedy }, "the machine could not be stored");
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

/** An emulator that dies of a full disk cannot report it. */
function toSnapshotError(error: unknown, directory: string): CartenixError {
  if (/ENOSPC|No space left/.test(String(error)) || isDiskFull(directory)) {
    return new DiskFullError(directory, error);
  }
  if (error instanceof CartenixError) {
    return error;
  }
  return new MachineNotStoredError(error);
}
