import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Hex } from "viem";
import {
  CYCLE_HEIGHT,
  type EpochTrace,
  INPUT_HEIGHT,
  listHeight,
  openEpochTrace,
} from "../../machine/dispute/index.ts";
import { advance, type Emulator } from "../../machine/emulator/index.ts";
import { encodeUpload, splitUploads } from "../../protocol/index.ts";
import { inputOf, startTemplate } from "../e2e/support/realMachine.ts";

const CYCLE = 1n << BigInt(CYCLE_HEIGHT);

describe("the trace of an epoch", function () {
  this.timeout(240_000);
  let template: Emulator;
  let inputs: Uint8Array[];
  let trace: EpochTrace & AsyncDisposable;
  /** What a node computes: the states before, between and after the inputs. */
  const kept: Hex[] = [];
  /** Machines that wait for each input. */
  const waiting: Emulator[] = [];

  before(async () => {
    template = await startTemplate();
    const [first, second] = splitUploads(new Uint8Array(100_000).fill(1)).uploads.map(encodeUpload);
    inputs = [first!, "0x1234" as const, second!].map((payload, index) => inputOf(index, payload));
    waiting.push(await template.fork());
    kept.push(await template.rootHash());
    for (const input of inputs) {
      const next = await waiting.at(-1)!.fork();
      const { status } = await advance(next, input);
      waiting.push(status === "accepted" ? next : await waiting.at(-1)!.fork());
      kept.push(await waiting.at(-1)!.rootHash());
    }
    trace = await openEpochTrace({
      machine: template,
      inputs: inputs.length,
      readInput: async (input) => inputs[input]!,
    });
  });

  after(async () => {
    await trace?.[Symbol.asyncDispose]();
    await template?.shutdown();
  });

  it("has the states after the inputs that a node computes, a rejected one among them", async () => {
    for (const input of [3, 0, 2, 1]) {
      assert.equal(await trace.stateAfter(input), kept[input]);
    }
    assert.equal(kept[1], kept[2]);
    assert.notEqual(kept[2], kept[3]);
  });

  it("ends an input in the machine's last state, accepted or not", async () => {
    const parts = { start: 0n, partHeight: INPUT_HEIGHT, count: 1 };
    assert.deepEqual(await trace.statesWithin(0, parts), [kept[1]]);
    const [rejected] = await trace.statesWithin(1, parts);
    assert.notEqual(rejected, kept[1]);
    assert.notEqual(rejected, kept[2]);
    assert.deepEqual(await trace.statesWithin(2, parts), [kept[3]]);
  });

  for (const input of [0, 1, 2]) {
    it(`has the state at any position of input ${input}, from the whole of it down to single steps`, async () => {
      const random = seeded(input + 1);
      for (let start = 0n, height = INPUT_HEIGHT; height > 0; ) {
        const count = 2 ** listHeight(height);
        height -= listHeight(height);
        const states = await trace.statesWithin(input, { start, partHeight: height, count });
        assert.equal(states.length, count);
        const changes = states.findLastIndex((state, index) => index > 0 && state !== states[index - 1]);
        const part = Math.floor(random() * Math.max(changes, 1));
        const end = start + (BigInt(part + 1) << BigInt(height));
        assert.equal(states[part], await stateAt(input, end), `at ${end.toString(16)}`);
        start = end - (1n << BigInt(height));
      }
    });
  }

  it("goes on where the microarchitecture has halted, and after the machine has stopped", async () => {
    const stopped = (1n << BigInt(INPUT_HEIGHT)) - CYCLE;
    const [halted, ended] = await trace.statesWithin(0, {
      start: stopped,
      partHeight: CYCLE_HEIGHT - 1,
      count: 2,
    });
    assert.notEqual(halted, kept[1]);
    assert.equal(ended, kept[1]);
  });

  /** Computes a state without the trace: by running a machine from the input to the position, and to nowhere else. */
  async function stateAt(input: number, position: bigint): Promise<Hex> {
    const machine = await waiting[input]!.fork();
    const target = (await machine.cycle()) + position / CYCLE;
    await machine.sendCmioResponse(0, inputs[input]!);
    for (let isRunning = true; isRunning; ) {
      const { kind } = await machine.run({ untilCycle: target });
      isRunning = kind === "yielded-automatic" && (await machine.cycle()) < target;
    }
    await machine.runUarch(position % CYCLE);
    const state = await machine.rootHash();
    await machine.shutdown();
    return state;
  }
});

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state / 0x7fff_ffff;
  };
}
