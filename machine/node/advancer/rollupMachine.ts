import type { Hash } from "viem";
import {
  type AdvanceResult,
  advance,
  type Emulator,
  type InspectResult,
  inspect,
} from "../../emulator/index.ts";
import { createMutex } from "../concurrency/mutex.ts";

export interface RequestOptions {
  maxCycles: bigint;
  /** How many cycles the request has taken so far. */
  onProgress?: ((cycles: bigint) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface MachineState {
  inputs: bigint;
  machineHash: Hash;
}

/** What an input did on a fork; nothing has changed until it is kept. */
export interface Attempt {
  result: AdvanceResult;
  /** The machine's hash if the attempt is kept: the fork's after acceptance, else the one before the input. */
  machineHash: Hash;
  /** Makes the fork the machine if it accepted, and ends the other of the two. */
  keep(): Promise<void>;
  drop(): Promise<void>;
}

/**
 * The machine between two inputs. It never runs itself: inputs and queries run on forks of it, so that it is as it was
 * whatever they do, and queries are answered while an input is processed.
 */
export interface RollupMachine {
  /** Of the emulator and its forks. */
  processGroup: number;
  /** How many inputs it has taken, and its root hash. */
  state(): MachineState;
  attempt(input: Uint8Array, options: RequestOptions): Promise<Attempt>;
  /** Answers a query, and says after how many inputs. */
  inspect(query: Uint8Array, options: RequestOptions): Promise<{ result: InspectResult; inputs: bigint }>;
  /** Stores the machine as it is now into a folder that must not exist. */
  store(directory: string): Promise<void>;
  stop(): Promise<void>;
}

/** Takes over an emulator whose machine has taken so many inputs, has the given hash, and waits for the next. */
export function createRollupMachine(emulator: Emulator, state: MachineState): RollupMachine {
  let current = { emulator, ...state };
  let ending = Promise.resolve();
  const exclusive = createMutex();
  const fork = () => exclusive(async () => ({ ...current, emulator: await current.emulator.fork() }));

  async function onFork<T>(use: (copy: Emulator, inputs: bigint) => Promise<T>): Promise<T> {
    const copy = await fork();
    try {
      return await use(copy.emulator, copy.inputs);
    } finally {
      await copy.emulator.shutdown();
    }
  }

  /** Ends an emulator while the next input runs already; one at a time, so that they do not pile up. */
  async function end(emulator: Emulator): Promise<void> {
    await ending;
    ending = emulator.shutdown().catch(() => {}); // it dies with its group at the latest
  }

  async function keep(next: typeof current): Promise<void> {
    const before = current.emulator;
    current = next;
    if (before !== next.emulator) {
      await end(before);
    }
  }

  return {
    processGroup: emulator.processGroup,
    state: () => ({ inputs: current.inputs, machineHash: current.machineHash }),
    async attempt(input, options) {
      const { emulator: copy, inputs, machineHash } = await fork();
      try {
        const startedAt = await copy.cycle();
        const onProgress = (cycle: bigint) => options.onProgress?.(cycle - startedAt);
        const result = await advance(copy, input, { ...options, onProgress });
        if (result.status === "accepted") {
          const next = { emulator: copy, inputs: inputs + 1n, machineHash: await copy.rootHash() };
          const { machineHash } = next;
          return {
            result,
            machineHash,
            keep: () => exclusive(() => keep(next)),
            drop: () => copy.shutdown(),
          };
        }
        await end(copy);
        const next = { ...current, inputs: inputs + 1n };
        return { result, machineHash, keep: () => exclusive(() => keep(next)), drop: async () => {} };
      } catch (error) {
        await copy.shutdown();
        throw error;
      }
    },
    inspect: (query, options) =>
      onFork(async (copy, inputs) => ({ result: await inspect(copy, query, options), inputs })),
    store: (directory) => onFork((copy) => copy.store(directory)),
    stop: () =>
      exclusive(async () => {
        await ending;
        await current.emulator.shutdown();
      }),
  };
}
