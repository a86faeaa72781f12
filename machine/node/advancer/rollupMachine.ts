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
  /** Receives how many cycles the request has taken so far. */
  onProgress?: ((cycles: bigint) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface MachineState {
  inputs: bigint;
  machineHash: Hash;
}

/** The result of an input on a fork; nothing changes until it is committed. */
export interface Attempt {
  result: AdvanceResult;
  /** The machine's hash if the attempt is committed: the fork's after acceptance, otherwise the hash before the input. */
  machineHash: Hash;
  /** Makes the fork the machine if it accepted, and shuts the other one down. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/**
 * The machine between two inputs. It never runs itself: inputs and queries run on forks of it, so that nothing they do
 * can change it, and queries are answered while an input is processed.
 */
export interface RollupMachine {
  /** The process group of the emulator and its forks. */
  processGroup: number;
  /** How many inputs it has processed, and its root hash. */
  state(): MachineState;
  attempt(input: Uint8Array, options: RequestOptions): Promise<Attempt>;
  /** Answers a query; `inputs` is the number of inputs processed before it. */
  inspect(query: Uint8Array, options: RequestOptions): Promise<{ result: InspectResult; inputs: bigint }>;
  /** Stores the current machine in a folder that must not exist yet. */
  store(directory: string): Promise<void>;
  stop(): Promise<void>;
}

/** Takes over an emulator whose machine is in the given state and waits for the next input. */
export function createRollupMachine(emulator: Emulator, state: MachineState): RollupMachine {
  let current = { emulator, ...state };
  let shuttingDown = Promise.resolve();
  const mutex = createMutex();
  const fork = () => mutex(async () => ({ ...current, emulator: await current.emulator.fork() }));

  async function onFork<T>(use: (copy: Emulator, inputs: bigint) => Promise<T>): Promise<T> {
    const copy = await fork();
    try {
      return await use(copy.emulator, copy.inputs);
    } finally {
      await copy.emulator.shutdown();
    }
  }

  /** Shuts an emulator down while the next input is running; one at a time, so that they do not pile up. */
  async function shutDownLater(emulator: Emulator): Promise<void> {
    await shuttingDown;
    shuttingDown = emulator.shutdown().catch(() => {}); // it dies with its process group at the latest
  }

  async function commit(next: typeof current): Promise<void> {
    const before = current.emulator;
    current = next;
    if (before !== next.emulator) {
      await shutDownLater(before);
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
            commit: () => mutex(() => commit(next)),
            discard: () => copy.shutdown(),
          };
        }
        await shutDownLater(copy);
        const next = { ...current, inputs: inputs + 1n };
        return { result, machineHash, commit: () => mutex(() => commit(next)), discard: async () => {} };
      } catch (error) {
        await copy.shutdown();
        throw error;
      }
    },
    inspect: (query, options) =>
      onFork(async (copy, inputs) => ({ result: await inspect(copy, query, options), inputs })),
    store: (directory) => onFork((copy) => copy.store(directory)),
    stop: () =>
      mutex(async () => {
        await shuttingDown;
        await current.emulator.shutdown();
      }),
  };
}
