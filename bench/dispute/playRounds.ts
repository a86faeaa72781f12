import {
  CYCLE_HEIGHT,
  type EpochTrace,
  epochHeight,
  type Move,
  nextMove,
  openEpochTrace,
  type Position,
} from "../../machine/dispute/index.ts";
import { advance, type Emulator, memoryOfGroup } from "../../machine/emulator/index.ts";
import { lyingTrace } from "../../test/dispute/support/lyingTrace.ts";
import { inputOf, requestForExample, startTemplate } from "../../test/e2e/support/realMachine.ts";

const UNUSED_MEMORY = 0x9f00_0000n;
/** Where the liar starts to lie: in the seventh tenth of the last input, in the middle of a cycle. */
const LIE_AT = { tenth: 7n, step: 77n };
const MEMORY_POLL_MS = 250;

/** What the rounds of one game cost the honest side, the challenger. */
export interface RoundsCost {
  /** From the first input on, all that its machine does. */
  seconds: number;
  moves: number;
  peakBytes: number;
  /** Running the inputs once. */
  runSeconds: number;
}

/** Plays the rounds of a game over a package's build without a chain, against a liar whose machine is another process. */
export async function playRounds(name: string): Promise<RoundsCost> {
  const [ours, liars] = await Promise.all([startTemplate(), startTemplate()]);
  const payloads = await requestForExample(ours, name);
  const inputs = payloads.map((payload, index) => inputOf(index, payload));
  const readInput = async (input: number) => inputs[input]!;
  const { lie, runSeconds } = await tellLie(liars, inputs);
  await using honest = await openEpochTrace({ machine: ours, inputs: inputs.length, readInput });

  let peakBytes = 0;
  const watch = setInterval(async () => {
    peakBytes = Math.max(peakBytes, await memoryOfGroup(ours.processGroup));
  }, MEMORY_POLL_MS);
  let milliseconds = 0;
  let moves = 0;
  let position: Position = {
    position: 0n,
    partHeight: epochHeight(inputs.length),
    list: { start: await ours.rootHash(), states: [await lie.stateAfter(inputs.length)] },
  };
  for (let isOurTurn = true, isPlaying = true; isPlaying; isOurTurn = !isOurTurn) {
    const startedAt = performance.now();
    const move = await nextMove(position, isOurTurn ? honest : lie);
    if (isOurTurn) {
      milliseconds += performance.now() - startedAt;
      moves += 1;
    }
    const next = after(position, move);
    isPlaying = next !== undefined;
    position = next ?? position;
  }
  clearInterval(watch);
  await Promise.all([ours.shutdown(), liars.shutdown()]);
  return { seconds: milliseconds / 1e3, moves, peakBytes, runSeconds };
}

/** Where the game stands after a move; `undefined` after the last. */
function after({ position, partHeight }: Position, move: Move): Position | undefined {
  if (move.kind === "proveTransition" || move.kind === "proveNoInput") {
    return undefined;
  }
  const { part, states } = move;
  return {
    position: position + (part.index << BigInt(partHeight)),
    partHeight: partHeight - Math.log2(states.length),
    list: { start: part.start, states },
  };
}

async function tellLie(
  template: Emulator,
  inputs: readonly Uint8Array[],
): Promise<{ lie: EpochTrace; runSeconds: number }> {
  const machine = await template.fork();
  const startedAt = performance.now();
  let cycles = 0n;
  for (const input of inputs) {
    ({ cycles } = await advance(machine, input));
  }
  const runSeconds = (performance.now() - startedAt) / 1e3;
  await machine.writeMemory(UNUSED_MEMORY, new Uint8Array([1]));
  const truth = await openEpochTrace({
    machine: template,
    inputs: inputs.length,
    readInput: async (input) => inputs[input]!,
  });
  const from = (((cycles * LIE_AT.tenth) / 10n) << BigInt(CYCLE_HEIGHT)) + LIE_AT.step;
  const lie = await lyingTrace(truth, { input: inputs.length - 1, from, machine, kept: machine });
  return { lie, runSeconds };
}
