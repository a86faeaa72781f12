import assert from "node:assert/strict";
import fc from "fast-check";
import { before, describe, it } from "mocha";
import { epochHeight, INPUT_HEIGHT } from "../../../machine/dispute/trace/heights.ts";
import { ENDING_BITS, type Ending, KEPT_TEMPLATE, lieBits, type ModelInput } from "./support/modelMachine.ts";
import { type Lie, ModelTrace } from "./support/modelTrace.ts";
import { Guard, type LiarPlan, LyingPlayer } from "./support/simulatedPlayers.ts";
import { Simulation } from "./support/simulation.ts";
import { startDispute, type TestDispute } from "./support/startDispute.ts";

/** How often games are played; `CARTENIX_FUZZ=12` plays more. */
const RUNS = 20 * Number(process.env.CARTENIX_FUZZ ?? 1);

const END = 1n << BigInt(INPUT_HEIGHT);

const input: fc.Arbitrary<ModelInput> = fc.record({
  ending: fc.constantFrom<Ending>("accepted", "accepted", "rejected", "exception", "halted"),
  cycles: fc.oneof(
    fc.bigInt({ min: 0n, max: 3_000n }),
    fc.constantFrom(0n, 1n, (1n << 38n) - 1n, 1n << 38n, (1n << 38n) + 1n, (1n << 40n) - 1n),
  ),
});

/** Where somebody lies; numbers are taken modulo what the epoch has. */
const place = fc.record({
  kind: fc.constantFrom("transition", "transition", "ending", "status", "input", "padding"),
  input: fc.oneof(fc.nat(7), fc.constantFrom(0, 7)),
  position: fc.oneof(
    fc.bigInt({ min: 0n, max: END - 1n }),
    fc.bigInt({ min: 0n, max: 3_000n << 20n }),
    // The first, around a halt of the microarchitecture, around a reset, the last cycle, the last.
    fc.constantFrom(0n, 1n, 599n, 600n, 601n, (1n << 20n) - 1n, 1n << 20n, END - (1n << 20n), END - 1n),
  ),
  seed: fc.nat(1_000),
});

const plan: fc.Arbitrary<LiarPlan> = fc.record({
  role: fc.constantFrom("claimer", "claimer", "challenger", "both", "sybil"),
  delay: fc.oneof(fc.constant(0), fc.nat(40)),
  moves: fc.oneof(fc.constant(1_000), fc.nat(7)),
  isRandom: fc.boolean(),
  isLate: fc.boolean(),
});

const scenario = fc.record({
  inputs: fc.array(input, { minLength: 1, maxLength: 6 }),
  liars: fc.array(fc.record({ plan, place }), { minLength: 1, maxLength: 4 }),
  guardsDelay: fc.oneof(fc.constant(0), fc.nat(5)),
  seed: fc.integer({ min: 1, max: 2_147_483_646 }),
});

type Place = typeof place extends fc.Arbitrary<infer T> ? T : never;

describe("Random games between honest and lying players", () => {
  const terms = { claimWindow: 12, challengeWindow: 12, clock: 20 };
  /** From the first claim of a round; `docs/dispute.md` promises it. */
  const bound = BigInt(terms.claimWindow + terms.challengeWindow + 2 * terms.clock + 2);
  let dispute: TestDispute;

  before(async () => {
    dispute = await startDispute(terms);
  });

  it(`leave the honest side its bonds, accept no wrong claim, end in time, and keep the money right (${RUNS} runs)`, async function () {
    this.timeout(60_000 + RUNS * 5_000);
    let transactions = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async ({ inputs, liars, guardsDelay, seed }) => {
        const epoch = await dispute.openEpoch(inputs);
        const { trace: truth } = epoch;
        const contest = { ...epoch, bond: dispute.terms.bond };
        const random = randomFrom(seed);
        const [guardsAccount, ...accounts] = dispute.accounts;
        const guard = new Guard(guardsAccount!, contest, truth, guardsDelay);
        const liarPlayers = liars.map(({ plan, place }, index) => {
          const lie = lieAt(place, epoch.inputs);
          const trace = new ModelTrace(KEPT_TEMPLATE, epoch.inputs, lie);
          const claimed = {
            state: trace.kept(2 ** (epochHeight(inputs.length) - INPUT_HEIGHT)),
            root: lie.at === "padding" ? truth.end.root : trace.end.root,
          };
          return new LyingPlayer(accounts[index]!, contest, plan, { trace, truth, random }, claimed);
        });
        const simulation = new Simulation(dispute, epoch, [guard, ...liarPlayers], (items) =>
          shuffle(items, random),
        );
        await simulation.run({ blocks: bound, rounds: 1, honest: guard.account });
        transactions += simulation.transactions;
      }),
      { numRuns: RUNS },
    );
    assert.ok(transactions > RUNS * 10);
  });

  function lieAt({ kind, input, position, seed }: Place, inputs: readonly `0x${string}`[]): Lie {
    const bits = lieBits(seed);
    const index = input % inputs.length;
    const padded = 2 ** (epochHeight(inputs.length) - INPUT_HEIGHT);
    switch (kind) {
      case "status":
        return { at: "status", input: index };
      case "input":
        return { at: "input", input: index, bytes: inputs[(index + 1) % inputs.length]! };
      case "padding":
        return padded === inputs.length
          ? { at: "transition", input: index, position, bits }
          : { at: "padding", input: inputs.length + (input % (padded - inputs.length)), bits };
      default:
        return {
          at: "transition",
          input: index,
          position,
          bits: kind === "ending" ? bits | ENDING_BITS : bits,
        };
    }
  }
});

/** Numbers that follow from a seed, so that a run can be repeated. */
function randomFrom(seed: number): (bound: number) => number {
  let number = seed;
  return (bound) => {
    number = (number * 48_271) % 2_147_483_647;
    return number % bound;
  };
}

function shuffle<T>(items: T[], random: (bound: number) => number): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
