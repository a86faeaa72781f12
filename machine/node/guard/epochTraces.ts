import { type EpochTrace, openEpochTrace } from "../../dispute/index.ts";
import type { Emulator } from "../../emulator/index.ts";

export interface EpochTracesOptions {
  /** A machine as it was after so many inputs, to be kept. */
  openMachine(inputs: bigint): Promise<Emulator>;
  readInput(index: bigint): Uint8Array;
  signal: AbortSignal;
}

/** The inputs that an epoch's trace is about. */
export interface EpochInputs {
  id: string;
  firstInput: bigint;
  endInput: bigint;
}

/** The trace of the epoch that was asked for last, with a machine of its own. */
export interface EpochTraces extends AsyncDisposable {
  of(epoch: EpochInputs): Promise<EpochTrace>;
  /** Frees the machine's memory until a trace is asked for again. */
  close(): Promise<void>;
}

export function createEpochTraces({ openMachine, readInput, signal }: EpochTracesOptions): EpochTraces {
  let open: { id: string; trace: EpochTrace & AsyncDisposable; machine: Emulator } | undefined;

  async function close(): Promise<void> {
    const closing = open;
    open = undefined;
    await closing?.trace[Symbol.asyncDispose]();
    await closing?.machine.shutdown();
  }

  return {
    async of({ id, firstInput, endInput }) {
      if (open?.id !== id) {
        await close();
        const machine = await openMachine(firstInput);
        const trace = await openEpochTrace({
          machine,
          inputs: Number(endInput - firstInput),
          readInput: async (input) => readInput(firstInput + BigInt(input)),
          signal,
        });
        open = { id, trace, machine };
      }
      return open.trace;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
