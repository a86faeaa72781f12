import type { Hex } from "viem";
import type { Emulator } from "../../emulator/index.ts";
import { CYCLE_HEIGHT } from "./heights.ts";

const STEPS_OF_A_CYCLE = 1n << BigInt(CYCLE_HEIGHT);

/** The reason of a response that carries an input. */
const ADVANCE = 0;

/** How {@link isAccepted} knows a machine that accepts: device 2, command 1, reason 1, an outputs root of 32 bytes. */
const ACCEPTED_TOHOST = 0x0201_0001_0000_0020n;

/** A machine that goes through the trace of one input, step by step or in leaps, and only onwards. */
export interface Walker {
  readonly machine: Emulator;
  /** The cycles since the machine got the input. */
  readonly cycles: bigint;
  /** From how many cycles on the machine stands still, having yielded or halted; `undefined` until it does. */
  readonly settledAt: bigint | undefined;
  /** Goes to a position of the trace. */
  goTo(position: bigint): Promise<void>;
  /** The state there. */
  state(): Promise<Hex>;
}

/**
 * Takes over a machine at so many cycles after it got the input; at 0 it waits for it.
 *
 * @param readInput the input as the machine gets it: the whole `EvmAdvance` call.
 */
export async function startWalker(
  machine: Emulator,
  cycles: bigint,
  readInput: () => Promise<Uint8Array>,
  signal?: AbortSignal,
): Promise<Walker> {
  const origin = (await machine.cycle()) - cycles;
  let at = { cycles, steps: 0n };
  let settledAt = cycles > 0n && (await hasStopped(machine)) ? cycles : undefined;

  async function runTo(cycle: bigint): Promise<void> {
    while (settledAt === undefined && at.cycles < cycle) {
      const { kind } = await machine.run({ untilCycle: origin + cycle, signal });
      at = { cycles: (await machine.cycle()) - origin, steps: 0n };
      if (kind === "yielded-manual" || kind === "halted") {
        settledAt = at.cycles;
      }
    }
    at = { cycles: cycle, steps: 0n };
  }

  async function endCycle(): Promise<void> {
    await machine.runUarch(STEPS_OF_A_CYCLE);
    await machine.resetUarch();
    at = { cycles: at.cycles + 1n, steps: 0n };
    if (await hasStopped(machine)) {
      settledAt ??= at.cycles;
    }
  }

  return {
    machine,
    get cycles() {
      return at.cycles;
    },
    get settledAt() {
      return settledAt;
    },
    async goTo(position) {
      const target = { cycles: position >> BigInt(CYCLE_HEIGHT), steps: position & (STEPS_OF_A_CYCLE - 1n) };
      if (position > 0n && at.cycles === 0n && at.steps === 0n) {
        await machine.sendCmioResponse(ADVANCE, await readInput());
      }
      if (at.steps > 0n && at.cycles < target.cycles) {
        await endCycle();
      }
      await runTo(target.cycles);
      if (target.steps > at.steps) {
        await machine.runUarch(target.steps);
        at.steps = target.steps;
      }
    },
    state: () => machine.rootHash(),
  };
}

/** Whether a machine that an input has ended in accepts it, as `IStepVerifier.isAccepted` decides. */
export async function isAccepted(machine: Emulator): Promise<boolean> {
  return (
    (await machine.readRegister("iflags_Y")) === 1n &&
    (await machine.readRegister("iflags_H")) === 0n &&
    (await machine.readRegister("htif_tohost")) === ACCEPTED_TOHOST
  );
}

async function hasStopped(machine: Emulator): Promise<boolean> {
  return (await machine.readRegister("iflags_Y")) === 1n || (await machine.readRegister("iflags_H")) === 1n;
}
