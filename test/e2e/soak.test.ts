import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type Hex, toHex } from "viem";
import { advance, type Emulator } from "../../machine/emulator/index.ts";
import { decodeRequest, encodeRebuild, encodeUpload, splitUploads } from "../../protocol/index.ts";
import { inputOf, requestForExample, startTemplate } from "./support/realMachine.ts";
import { createRandom, type Random, unsteady } from "./support/unsteady.ts";

/** How often the sequence is repeated; more rounds find more, and take longer. */
const ROUNDS = Number(process.env.CARTENIX_SOAK ?? 1);

describe("a recorded sequence of good and bad inputs", function () {
  this.timeout(240_000 * ROUNDS);
  let template: Emulator;

  before(async () => {
    template = await startTemplate();
  });

  after(() => template?.shutdown());

  it("reaches the same machine state after every input, however the host runs it", async () => {
    const inputs = await record(template);
    const [even, uneven] = await Promise.all([
      replay(template, inputs, (machine) => machine),
      replay(template, inputs, (machine, random) => unsteady(machine, random)),
    ]);
    assert.deepEqual(uneven, even);
    const accepted = even.filter(({ status }) => status === "accepted").length;
    assert.ok(
      accepted >= 5 * ROUNDS && even.length - accepted >= 5 * ROUNDS,
      `${accepted} of ${even.length}`,
    );
  });
});

/** A machine's response to an input, and its state afterwards. */
interface Step {
  status: string;
  cycles: bigint;
  emitted: Hex[];
  hash: Hex;
}

/** Like a node: a rejected input leaves the machine as it was. */
async function replay(
  template: Emulator,
  inputs: readonly Uint8Array[],
  host: (machine: Emulator, random: Random) => Emulator,
): Promise<Step[]> {
  const random = createRandom(20_261_123);
  const steps: Step[] = [];
  let current = await template.fork();
  for (const input of inputs) {
    const next = host(await current.fork(), random);
    const { status, cycles, outputs, reports } = await advance(next, input);
    const [kept, dropped] = status === "accepted" ? [next, current] : [current, next];
    await dropped.shutdown();
    current = kept;
    const emitted = [...outputs, ...reports].map((bytes) => toHex(bytes));
    steps.push({ status, cycles, emitted, hash: await current.rootHash() });
  }
  await current.shutdown();
  return steps;
}

async function record(machine: Emulator): Promise<Uint8Array[]> {
  const random = createRandom(1);
  const payloads: Hex[] = [];
  const trivial = await requestForExample(machine, "trivial");
  const greet = await requestForExample(machine, "greet");
  const failing = await requestForExample(machine, "failing");
  for (let round = 0; round < ROUNDS; round += 1) {
    const blob = bytes(200_000, random);
    const [first, second, ...others] = splitUploads(blob).uploads.map((upload) => encodeUpload(upload));
    payloads.push("0x", toHex(bytes(100, random)), second!, greet.at(-1)!, first!, ...failing);
    payloads.push(trivial.at(-1)!, ...trivial, `${trivial.at(-1)!}00`, trivial.at(-1)!, ...others);
    payloads.push(encodeUpload({ ...splitUploads(blob).uploads[0]!, index: 3 }), ...greet);
    payloads.push(encodeRebuild({ drvPath: drvPathOf(trivial) }), first!, toHex(bytes(40_000, random)));
  }
  const senders = [1, 2, 3].map((number) => toHex(number, { size: 20 }));
  return payloads.map((payload, index) => inputOf(index, payload, senders[random(senders.length)]));
}

function bytes(length: number, random: Random): Uint8Array {
  return Uint8Array.from({ length }, () => random(256));
}

function drvPathOf(payloads: readonly Hex[]): string {
  const request = decodeRequest(payloads.at(-1)!);
  assert.equal(request.kind, "build");
  return request.drvPath;
}
