import type { Hex } from "viem";
import type { MachineConfig } from "./machineConfig.ts";

export interface RunOptions {
  /** Stop at this cycle of the machine, counted from its start. Without it, only the machine itself stops the run. */
  untilCycle?: bigint | undefined;
  /** Cycles between two looks at `signal` and calls of `onProgress`. */
  sliceCycles?: bigint | undefined;
  onProgress?: ((cycle: bigint) => void) | undefined;
  /** Stops the run between two slices; the machine stays usable where it stopped. */
  signal?: AbortSignal | undefined;
}

/** Why a run stopped. `data` is what the machine put into its transmit buffer; a progress report has none. */
export type RunResult =
  | { kind: "halted"; exitCode: number }
  | { kind: "yielded-manual" | "yielded-automatic"; reason: number; data: Uint8Array }
  | { kind: "reached-target" };

/**
 * One Cartesi Machine in a server process of its own. The process ends with `shutdown`, with the end of a block that
 * says `await using`, and in any case with this process, however that ends.
 *
 * Every method may throw: {@link EmulatorRequestError} where the server refuses, {@link EmulatorGoneError} where it
 * died, {@link EmulatorProtocolError} where its answer is malformed, {@link EmulatorShutDownError} after `shutdown`.
 */
export interface Emulator extends AsyncDisposable {
  /** The process group of the first server and all forks of it, for those who want to know what they take. */
  readonly processGroup: number;
  /** Makes a machine that has not run yet. */
  create(config: MachineConfig): Promise<void>;
  /**
   * Takes up a machine where `store` left it, in milliseconds: its files are mapped copy-on-write and never changed.
   *
   * @throws SnapshotError where files are missing, cut short or of another version of the emulator. A changed byte
   * inside a file goes unnoticed, as the stored hash tree is believed.
   */
  load(directory: string): Promise<void>;
  /**
   * Writes the whole machine, with its hash tree, into a folder that must not exist. It appears when it is complete;
   * a crash leaves one named `<directory>.unfinished-…` behind. Holes stay holes. @throws SnapshotExistsError
   */
  store(directory: string): Promise<void>;
  /** Runs until the machine halts, yields, or reaches `untilCycle`. */
  run(options?: RunOptions): Promise<RunResult>;
  /** Reads physical memory: RAM, a drive, a buffer. Some 30 MB a second. */
  readMemory(address: bigint, length: number): Promise<Uint8Array>;
  writeMemory(address: bigint, data: Uint8Array): Promise<void>;
  /** Reads a register by the emulator's name for it: `pc`, `x10`, `mcycle`, `htif_tohost_data`, … */
  readRegister(name: string): Promise<bigint>;
  writeRegister(name: string, value: bigint): Promise<void>;
  /** Answers a manual yield: `data` goes to the receive buffer. For an input `reason` is 0, for a query 1. */
  sendCmioResponse(reason: number, data: Uint8Array): Promise<void>;
  /** The machine's own clock: cycles since its start. */
  cycle(): Promise<bigint>;
  /** The root of the hash tree over the whole state; of a template, the template hash. */
  rootHash(): Promise<Hex>;
  /**
   * Computes the whole hash tree anew and says whether it is the one that is kept: whether a loaded machine is the one
   * that was stored. Some 5 seconds for every 100 MB that are not zero, and every MB of address space costs a little.
   */
  verifyHashTree(): Promise<boolean>;
  /** A copy of the machine, copy-on-write, in a server of its own. Impossible while a drive is shared. */
  fork(): Promise<Emulator>;
  /** Ends this machine's server; forks of it live on. Doing it twice does nothing. */
  shutdown(): Promise<void>;
}
