import type { Hash, Hex } from "viem";
import { bytesOf, hexOf } from "../bytes.ts";
import { destinationOf } from "../chain/outputs.ts";
import { OutputsRootMismatchError } from "../errors.ts";
import { appendOutput, outputHash, outputsEdge, rootOfEdge } from "../outputsTree.ts";
import type { Store } from "./openStore.ts";
import { outputNodes } from "./outputNodes.ts";

export type InputStatus =
  | "NONE"
  | "ACCEPTED"
  | "REJECTED"
  | "EXCEPTION"
  | "MACHINE_HALTED"
  | "CYCLE_LIMIT_EXCEEDED";

/** What the machine made of one input. */
export interface Advance {
  inputIndex: bigint;
  status: Exclude<InputStatus, "NONE">;
  /** Cycles that the input took. */
  cycles: bigint;
  /** The machine's root hash after it; after anything but acceptance the one before. */
  machineHash: Hash;
  /** The outputs Merkle root that an accepting machine gives. */
  outputsRoot: Hex | undefined;
  exception: string | undefined;
  /** Empty unless accepted. */
  outputs: readonly Uint8Array[];
  reports: readonly Uint8Array[];
}

/**
 * Takes in the result of one input, whole or not at all.
 *
 * @throws OutputsRootMismatchError when the machine accepted with a root that is not its outputs'.
 */
export function recordAdvance(store: Store, advance: Advance): void {
  const { sql } = store;
  store.transaction(() => {
    const sizeBefore = outputCount(store);
    const nodes = outputNodes(store);
    for (const [position, output] of advance.outputs.entries()) {
      const index = sizeBefore + BigInt(position);
      const hash = outputHash(output);
      const destination = destinationOf(output);
      appendOutput(nodes, index, hash);
      sql.run`
        INSERT INTO outputs (idx, input, raw, hash, selector, destination, executed) VALUES (
          ${index}, ${advance.inputIndex}, ${output}, ${bytesOf(hash)},
          ${output.length < 4 ? null : output.subarray(0, 4)},
          ${destination === undefined ? null : bytesOf(destination)},
          EXISTS (SELECT 1 FROM executions WHERE output = ${index})
        )`;
    }
    const root = rootOfEdge(outputsEdge(nodes, sizeBefore + BigInt(advance.outputs.length)));
    if (advance.status === "ACCEPTED" && advance.outputsRoot !== root) {
      throw new OutputsRootMismatchError(advance.inputIndex, root, advance.outputsRoot);
    }
    const firstReport = reportCount(store);
    for (const [position, report] of advance.reports.entries()) {
      sql.run`
        INSERT INTO reports (idx, input, raw)
        VALUES (${firstReport + BigInt(position)}, ${advance.inputIndex}, ${report})`;
    }
    const { changes } = sql.run`
      UPDATE inputs SET
        status = ${advance.status}, cycles = ${advance.cycles}, exception = ${advance.exception ?? null},
        machine_hash = ${bytesOf(advance.machineHash)}, outputs_root = ${bytesOf(root)},
        updated_at = CAST(unixepoch('subsec') * 1000 AS INTEGER)
      WHERE idx = ${advance.inputIndex} AND status = 'NONE'`;
    if (changes !== 1n) {
      throw new Error(`input ${advance.inputIndex} is not waiting for its result`);
    }
  });
}

/** How many outputs the application has sent. */
export function outputCount(store: Store): bigint {
  return (store.sql.get`SELECT coalesce(max(idx) + 1, 0) AS n FROM outputs` as { n: bigint }).n;
}

/** How many reports the application has sent. */
export function reportCount(store: Store): bigint {
  return (store.sql.get`SELECT coalesce(max(idx) + 1, 0) AS n FROM reports` as { n: bigint }).n;
}

/** How many inputs of the application the chain holds, as far as it was read. */
export function inputCount(store: Store): bigint {
  return (store.sql.get`SELECT coalesce(max(idx) + 1, 0) AS n FROM inputs` as { n: bigint }).n;
}

/** How many inputs the machine has taken. */
export function processedInputCount(store: Store): bigint {
  const row = store.sql.get`SELECT min(idx) AS n FROM inputs WHERE status = 'NONE'` as { n: bigint | null };
  return row.n ?? inputCount(store);
}

/** An input that was processed, as far as replaying it needs. */
export interface ReplayableInput {
  index: bigint;
  status: InputStatus;
  raw: Uint8Array;
  machineHash: Hash;
}

/** The input at `index`, with its result when it has one. */
export function readInputForMachine(store: Store, index: bigint): { status: InputStatus; raw: Uint8Array } {
  const row = store.sql.get`SELECT status, raw FROM inputs WHERE idx = ${index}`;
  if (row === undefined) {
    throw new Error(`there is no input ${index}`);
  }
  return row as { status: InputStatus; raw: Uint8Array };
}

/** How many cycles an input took; `undefined` while it waits for its result. */
export function cyclesOf(store: Store, index: bigint): bigint | undefined {
  const row = store.sql.get`SELECT cycles FROM inputs WHERE idx = ${index}` as
    | { cycles: bigint | null }
    | undefined;
  return row?.cycles ?? undefined;
}

/** The machine's hash when `inputs` inputs were processed. */
export function machineHashAfter(store: Store, inputs: bigint): Hash {
  const row = (
    inputs === 0n
      ? store.sql.get`SELECT template_hash AS hash FROM application`
      : store.sql.get`SELECT machine_hash AS hash FROM inputs WHERE idx = ${inputs - 1n}`
  ) as { hash: Uint8Array };
  return hexOf(row.hash);
}
