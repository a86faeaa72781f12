import { bytesToHex, type Hex } from "viem";
import type { Emulator } from "../../emulator/index.ts";
import { proveOutputsRoot } from "../proofs/proveOutputsRoot.ts";
import { proveReset } from "../proofs/proveReset.ts";
import { proveResponse } from "../proofs/proveResponse.ts";
import { proveStatus } from "../proofs/proveStatus.ts";
import { proveStep } from "../proofs/proveStep.ts";
import { createCheckpoints } from "./checkpoints.ts";
import type { EpochTrace, TransitionProof } from "./epochTrace.ts";
import { CYCLE_HEIGHT, INPUT_HEIGHT } from "./heights.ts";
import { isAccepted, startWalker, type Walker } from "./walker.ts";

export interface EpochTraceOptions {
  /** The machine before the epoch, waiting for its first input. It is forked, and never runs itself. */
  machine: Emulator;
  /** How many inputs the epoch has. */
  inputs: number;
  /** Reads an input, from 0, as the machine gets it: the whole `EvmAdvance` call. */
  readInput: (input: number) => Promise<Uint8Array>;
  signal?: AbortSignal | undefined;
}

/** Where the trace of an input ends. */
interface Ending {
  /** After so many cycles nothing changes any more. */
  cycles: bigint;
  state: Hex;
  isAccepted: boolean;
  statusProof: Hex;
}

const INPUT_END = 1n << BigInt(INPUT_HEIGHT);
const CYCLE_STEPS = 1n << BigInt(CYCLE_HEIGHT);

/** Each takes a few MB, and what the machine changes until the next one. */
const MAX_CHECKPOINTS = 16;

/** How far apart they are where a whole input is run: some four seconds. A list of the first level divides there. */
const FAR_SPACING = 1n << 30n;

/** To run so many cycles again takes less than a tenth of a second. */
const MIN_SPACING = 1n << 24n;

/** The trace of an epoch, from the emulator: what is asked for is run then, and little of it twice. */
export async function openEpochTrace(options: EpochTraceOptions): Promise<EpochTrace & AsyncDisposable> {
  const { machine, inputs, readInput, signal } = options;
  const startState = await machine.rootHash();
  const checkpoints = createCheckpoints(MAX_CHECKPOINTS);
  const endings: Ending[] = [];

  async function keep(input: number, { machine, cycles }: Walker): Promise<void> {
    await checkpoints.add({ input, cycles, machine: await machine.fork() });
  }

  /** Brings a walker to where the input's trace ends. */
  async function finish(input: number, walker: Walker): Promise<Ending> {
    for (let next = walker.cycles + FAR_SPACING; next < cyclesAt(INPUT_END); next += FAR_SPACING) {
      await walker.goTo((next - (next % FAR_SPACING)) << BigInt(CYCLE_HEIGHT));
      if (walker.settledAt !== undefined) {
        break;
      }
      await keep(input, walker);
    }
    await walker.goTo(INPUT_END);
    const ending = {
      cycles: walker.settledAt ?? walker.cycles,
      state: await walker.state(),
      isAccepted: await isAccepted(walker.machine),
      statusProof: bytesToHex(await proveStatus(walker.machine)),
    };
    if (endings[input] === undefined && ending.isAccepted) {
      await checkpoints.add({ input: input + 1, cycles: 0n, machine: await walker.machine.fork() });
    }
    endings[input] = ending;
    return ending;
  }

  /** A machine that waits for an input. */
  async function waitingFor(input: number): Promise<Emulator> {
    const last = checkpoints.before({ input, cycles: 0n }, ({ cycles }) => cycles === 0n);
    let waiting = await (last?.machine ?? machine).fork();
    for (let next = last?.input ?? 0; next < input; next++) {
      if (endings[next]?.isAccepted === false) {
        continue;
      }
      const walker = await startWalker(await waiting.fork(), 0n, () => readInput(next), signal);
      const ending = await finish(next, walker);
      await (ending.isAccepted ? waiting : walker.machine).shutdown();
      waiting = ending.isAccepted ? walker.machine : waiting;
    }
    return waiting;
  }

  /** Uses a walker that has gone no further than so many cycles; `from` is how far. */
  async function onWalker<T>(
    input: number,
    cycles: bigint,
    use: (walker: Walker, from: bigint) => Promise<T>,
  ): Promise<T> {
    const place = { input, cycles };
    const last = checkpoints.before(place, (one) => one.input === input && one.cycles > 0n);
    const from = last?.cycles ?? 0n;
    await using start = last ? await last.machine.fork() : await waitingFor(input);
    return await use(await startWalker(start, from, () => readInput(input), signal), from);
  }

  async function endingOf(input: number): Promise<Ending> {
    return endings[input] ?? (await onWalker(input, INPUT_END, (walker) => finish(input, walker)));
  }

  /** The states at some positions after `start`, with checkpoints on the way. */
  function run(input: number, start: bigint, positions: readonly bigint[], length: bigint): Promise<Hex[]> {
    return onWalker(input, cyclesAt(start), async (walker, from) => {
      const spacing = max(cyclesAt(length) / 8n, MIN_SPACING);
      let keptAt = from;
      const keepIfFar = async (cycles: bigint) => {
        if (walker.cycles - keptAt >= cycles) {
          await keep(input, walker);
          keptAt = walker.cycles;
        }
      };
      await walker.goTo(start - (start % CYCLE_STEPS));
      await keepIfFar(MIN_SPACING);
      const states: Hex[] = [];
      for (const position of positions) {
        if (position === INPUT_END) {
          states.push((await finish(input, walker)).state);
          break;
        }
        const isBetweenCycles = position % CYCLE_STEPS === 0n;
        const isSettled = walker.settledAt !== undefined && isBetweenCycles;
        await walker.goTo(position);
        states.push((isSettled && states.at(-1)) || (await walker.state()));
        if (isBetweenCycles && !isSettled) {
          await keepIfFar(spacing);
        }
      }
      return states;
    });
  }

  const trace: EpochTrace = {
    inputs,
    async stateAfter(count) {
      for (let input = count - 1; input >= 0; input--) {
        const ending = await endingOf(input);
        if (ending.isAccepted) {
          return ending.state;
        }
      }
      return startState;
    },
    async statesWithin(input, { start, partHeight, count }) {
      const length = 1n << BigInt(partHeight);
      const ends = Array.from({ length: count }, (_, i) => start + BigInt(i + 1) * length);
      const ending = partHeight < CYCLE_HEIGHT ? undefined : endings[input];
      const endsBefore = ends.filter((end) => ending === undefined || cyclesAt(end) < ending.cycles);
      const states =
        endsBefore.length === 0 ? [] : await run(input, start, endsBefore, length * BigInt(count));
      return ends.map((_, i) => states[i] ?? ending!.state);
    },
    proveStatus: async (input) => (await endingOf(input)).statusProof,
    proveTransition: (input, position) =>
      onWalker(input, cyclesAt(position), async (walker) => {
        await walker.goTo(position);
        const proof: TransitionProof = { input: "0x", response: "0x", step: "0x", reset: "0x" };
        if (position === 0n) {
          const data = await readInput(input);
          proof.input = bytesToHex(data);
          proof.response = bytesToHex(await proveResponse(walker.machine, data.length));
          await walker.machine.sendCmioResponse(0, data);
        }
        proof.step = bytesToHex(await proveStep(walker.machine));
        if ((position + 1n) % CYCLE_STEPS === 0n) {
          await walker.machine.runUarch(CYCLE_STEPS);
          proof.reset = bytesToHex(await proveReset(walker.machine));
        }
        return proof;
      }),
    async proveOutputsRoot() {
      await trace.stateAfter(inputs);
      await using after = await waitingFor(inputs);
      return bytesToHex(await proveOutputsRoot(after));
    },
  };
  return { ...trace, [Symbol.asyncDispose]: () => checkpoints[Symbol.asyncDispose]() };
}

function cyclesAt(position: bigint): bigint {
  return position >> BigInt(CYCLE_HEIGHT);
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
