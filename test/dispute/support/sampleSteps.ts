import assert from "node:assert/strict";
import { keccak256, toHex } from "viem";
import { proveReset, takeProvenStep } from "../../../machine/dispute/index.ts";
import type { Emulator } from "../../../machine/emulator/index.ts";
import type { Verifier } from "../../contracts/dispute/support/startVerifier.ts";

/** Steps between which the microarchitecture runs without proofs; most cycles of the machine take 300 to 900. */
const STRIDE = 40n;
/** More than any cycle has been seen to take. */
const MAX_BUSY_STEPS = 1n << 14n;
const GAS_SHARE = 4;

/** What steps were compared: the evidence that they are of all kinds. */
export interface Samples {
  steps: number;
  resets: number;
  /** By the opcode, and ECALLs by their function. */
  kinds: Map<string, number>;
  /** Cycles of the machine by its mode: user, supervisor, machine. */
  modes: Map<string, number>;
  /** The causes of traps that the kernel saw, such as page faults. */
  causes: Set<string>;
  longestCycle: bigint;
  /** Of one transaction in {@link GAS_SHARE}. */
  gas: number[];
}

export function createSamples(): Samples {
  return {
    steps: 0,
    resets: 0,
    kinds: new Map(),
    modes: new Map(),
    causes: new Set(),
    longestCycle: 0n,
    gas: [],
  };
}

interface Plan {
  /** How far the machine is run. */
  cycles: bigint;
  /** How many of its cycles are looked at. */
  places: number;
  /** How many steps of each of them are compared. */
  perPlace: number;
  seed: string;
}

/**
 * Runs a machine to places spread over its next cycles, and there through the steps of one cycle, some of which it compares, and
 * the reset. Each must have the emulator's result.
 */
export async function compareSteps(
  machine: Emulator,
  verifier: Verifier,
  samples: Samples,
  plan: Plan,
): Promise<void> {
  const { cycles, places, perPlace, seed } = plan;
  const start = await machine.cycle();
  const offsets = Array.from({ length: places }, (_, place) => draw(`${seed} ${place}`, cycles));
  offsets.sort((a, b) => (a < b ? -1 : 1));
  for (const offset of offsets) {
    await runTo(machine, start + offset);
    note(samples.modes, String(await machine.readRegister("iprv")));
    samples.causes.add((await machine.readRegister("scause")).toString(16));
    await compareTlbWrite(machine, verifier, samples);
    await compareCycle(machine, verifier, samples, perPlace, `${seed} ${offset}`);
  }
}

async function runTo(machine: Emulator, cycle: bigint): Promise<void> {
  while ((await machine.cycle()) < cycle) {
    const { kind } = await machine.run({ untilCycle: cycle });
    if (kind !== "yielded-automatic") {
      return;
    }
  }
}

/** Compares the step of the next cycle that first writes the lookaside buffer: few cycles do, and only in one step. */
async function compareTlbWrite(machine: Emulator, verifier: Verifier, samples: Samples): Promise<void> {
  const before = await tlbOf(machine);
  const isWrittenAfter = async (steps: bigint) => {
    await using fork = await machine.fork();
    await fork.runUarch(steps);
    return (await tlbOf(fork)) !== before;
  };
  let [unwritten, written] = [0n, MAX_BUSY_STEPS];
  if (!(await isWrittenAfter(written))) {
    return;
  }
  while (written - unwritten > 1n) {
    const middle = (unwritten + written) / 2n;
    [unwritten, written] = (await isWrittenAfter(middle)) ? [unwritten, middle] : [middle, written];
  }
  await using fork = await machine.fork();
  await fork.runUarch(unwritten);
  await compareStep(fork, verifier, samples);
}

/** What is in the lookaside buffer, from 0x1000 to 0x7000. */
async function tlbOf(machine: Emulator): Promise<string> {
  const nodes = [
    await machine.proof(0x1000n, 12),
    await machine.proof(0x2000n, 13),
    await machine.proof(0x4000n, 13),
    await machine.proof(0x6000n, 12),
  ];
  return nodes.map(({ hash }) => hash).join();
}

async function compareCycle(
  machine: Emulator,
  verifier: Verifier,
  samples: Samples,
  count: number,
  seed: string,
): Promise<void> {
  for (let index = 0; index < count; index++) {
    const uarchCycle = await machine.readRegister("uarch_cycle");
    const stopped = await machine.runUarch(uarchCycle + draw(`${seed} ${index}`, STRIDE));
    await compareStep(machine, verifier, samples);
    if (stopped === "uarch_halted") {
      break;
    }
  }
  assert.equal(await machine.runUarch(1n << 20n), "uarch_halted");
  const cycle = await machine.readRegister("uarch_cycle");
  samples.longestCycle = cycle > samples.longestCycle ? cycle : samples.longestCycle;
  const before = await machine.rootHash();
  const proof = await proveReset(machine);
  await machine.resetUarch();
  assert.equal(await verifier.reset(before, proof), await machine.rootHash());
  samples.resets++;
}

async function compareStep(machine: Emulator, verifier: Verifier, samples: Samples): Promise<void> {
  const state = await machine.rootHash();
  const proof = await takeProvenStep(machine);
  const after = await machine.rootHash();
  assert.equal(await verifier.step(state, proof), after, `${state} ${toHex(proof)}`);
  samples.steps++;
  note(samples.kinds, kindOf(proof));
  if (samples.steps % GAS_SHARE === 0) {
    samples.gas.push(await verifier.gasOf("step", state, toHex(proof)));
  }
}

const ECALL = 0x73;
const A7 = 17;

/** The opcode of the instruction in a proof, or why there is none. */
function kindOf(proof: Uint8Array): string {
  const view = Buffer.from(proof);
  const register = (index: number) => view.readBigUInt64LE(8 * index);
  if (register(0) !== 0n) {
    return "halted";
  }
  const opcode = view.readUInt32LE(280 + Number(register(2) % 32n)) & 0x7f;
  return opcode === ECALL ? `ecall ${register(3 + A7)}` : opcode.toString(16);
}

function note(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** A number below a bound, always the same for a seed. */
function draw(seed: string, bound: bigint): bigint {
  return BigInt(keccak256(Buffer.from(seed))) % bound;
}
