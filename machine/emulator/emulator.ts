import type { Hex } from "viem";
import type { MachineConfig } from "./machineConfig.ts";

export interface RunOptions {
  /** Stop at this cycle of the machine, counted from its start. By default, only the machine itself stops the run. */
  untilCycle?: bigint | undefined;
  /** The cycles between checks of `signal` and calls of `onProgress`. */
  sliceCycles?: bigint | undefined;
  onProgress?: ((cycle: bigint) => void) | undefined;
  /** Stops the run between two slices; the machine stays usable where it stopped. */
  signal?: AbortSignal | undefined;
}

/** Why a run stopped. */
export type RunResult = { kind: "halted"; exitCode: number } | YieldResult | { kind: "reached-target" };

export interface YieldResult {
  kind: "yielded-manual" | "yielded-automatic";
  reason: number;
  /**
   * The content of the machine's transmit buffer; empty for a progress report, `undefined` when the machine announced more
   * than the buffer holds.
   */
  data: Uint8Array | undefined;
}

/**
 * A node of the machine's hash tree and what is beside its way to the root. The tree is keccak256 over 2^64 bytes: a node of
 * level n covers 2^n bytes, the leaves have level 5, the root level 64.
 */
export interface HashTreeProof {
  hash: Hex;
  /** The siblings on the way to the root, the node's own first. */
  siblings: Hex[];
}

/** What a step of the microarchitecture reads or writes: a word of 8 bytes or a whole leaf. */
export interface Access {
  kind: "read" | "write";
  address: bigint;
  log2Size: number;
  /** The leaf of 32 bytes around it, before the access. */
  leaf: Uint8Array;
  leafHash: Hex;
  /** The leaf afterwards, if it is written. */
  written?: { leaf: Uint8Array; leafHash: Hex };
  /** The leaf's siblings on the way to the root, before the access. */
  siblings: Hex[];
}

export type UarchStop = "reached_target_cycle" | "uarch_halted" | "cycle_overflow";

export interface McycleHashes {
  /** Root hashes, one each `period` cycles, and one more if the machine stopped by itself between two of them. */
  hashes: Hex[];
  /** The cycles since the last of them, for the next call. */
  phase: bigint;
}

export interface UarchCycleHashes {
  /** Root hashes after each cycle of the microarchitecture and after each reset. */
  hashes: Hex[];
  /** Which of them are those after a reset, in ascending order. */
  resets: number[];
}

/**
 * One Cartesi Machine in its own server process. The process exits on `shutdown`, at the end of an `await using` block,
 * and in any case with this process, however that exits.
 *
 * Every method may throw an {@link EmulatorRequestError} when the server refuses, an {@link EmulatorGoneError} when it
 * died, an {@link EmulatorProtocolError} when its response is malformed, an {@link EmulatorShutDownError} after
 * `shutdown`.
 */
export interface Emulator extends AsyncDisposable {
  /** The id of the process group of the first server and all its forks, to measure what they use. */
  readonly processGroup: number;
  /** Creates a machine that has not run yet. */
  create(config: MachineConfig): Promise<void>;
  /**
   * Loads a stored machine, in milliseconds: its files are mapped copy-on-write and never change. A changed byte inside a
   * file goes unnoticed, since the stored hash tree is trusted.
   *
   * @throws {SnapshotError} when files are missing, truncated or of another version of the emulator.
   */
  load(directory: string): Promise<void>;
  /**
   * Writes the whole machine, with its hash tree, to a folder that must not exist. The folder appears when it is
   * complete; a crash leaves one named `<directory>.unfinished-…` behind. Holes stay holes.
   *
   * @throws {SnapshotExistsError} when the folder exists.
   */
  store(directory: string): Promise<void>;
  /** Runs until the machine halts, yields, or reaches `untilCycle`. */
  run(options?: RunOptions): Promise<RunResult>;
  /** Reads physical memory (RAM, a drive, a buffer), about 30 MB per second. */
  readMemory(address: bigint, length: number): Promise<Uint8Array>;
  writeMemory(address: bigint, data: Uint8Array): Promise<void>;
  /** Reads a register by the emulator's name for it: `pc`, `x10`, `mcycle`, `htif_tohost_data`, … */
  readRegister(name: string): Promise<bigint>;
  writeRegister(name: string, value: bigint): Promise<void>;
  /** Responds to a manual yield: writes `data` to the receive buffer. `reason` is 0 for an input, 1 for a query. */
  sendCmioResponse(reason: number, data: Uint8Array): Promise<void>;
  /** The machine's own clock: cycles since its start. */
  cycle(): Promise<bigint>;
  /** The root of the hash tree over the whole state; of a template, the template hash. */
  rootHash(): Promise<Hex>;
  /** A node of the hash tree, proven against the root. `address` is a multiple of 2^`level`. */
  proof(address: bigint, level: number): Promise<HashTreeProof>;
  /**
   * Takes one step of the microarchitecture, which interprets the machine: some hundred steps and a reset are one cycle of the
   * machine. A step that is not possible, of which there are none in a machine that began as usual, may end the server.
   *
   * @returns what the step read and wrote, in that order.
   */
  logStepUarch(): Promise<Access[]>;
  /** Whether the emulator computes the same step from its log alone; it refuses a log that does not fit. */
  verifyStepUarch(before: Hex, log: readonly Access[], after: Hex): Promise<true>;
  /** Runs the microarchitecture until it halts or reaches a cycle of its own, counted from its last reset. */
  runUarch(untilCycle: bigint): Promise<UarchStop>;
  /** Resets the microarchitecture, which completes a cycle of the machine. */
  resetUarch(): Promise<void>;
  /**
   * Runs as {@link run} until a cycle of the machine, and returns root hashes on the way: 340,000 at most, of which each may take
   * milliseconds.
   *
   * @param phase the cycles since the last root hash of the call before, 0 at first.
   */
  collectMcycleHashes(untilCycle: bigint, period: bigint, phase?: bigint): Promise<McycleHashes>;
  /** Runs until a cycle of the machine, in the microarchitecture, and returns all root hashes on the way: 340,000 at most. */
  collectUarchCycleHashes(untilCycle: bigint): Promise<UarchCycleHashes>;
  /**
   * Recomputes the whole hash tree and compares it with the stored one: whether a loaded machine is the one that was
   * stored. Takes about 5 seconds for every 100 MB that are not zero, and a little for every MB of address space.
   */
  verifyHashTree(): Promise<boolean>;
  /** A copy-on-write copy of the machine in its own server. Impossible while a drive is shared. */
  fork(): Promise<Emulator>;
  /** Shuts this machine's server down; its forks live on. A second call does nothing. */
  shutdown(): Promise<void>;
}
