import assert from "node:assert/strict";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { type Hex, toHex } from "viem";
import { registryAddress } from "../../abi/index.ts";
import { proveOutputsRoot, proveResponse, proveStatus, proveTemplate } from "../../machine/dispute/index.ts";
import { advance, type Emulator, startEmulator } from "../../machine/emulator/index.ts";
import { type MachineParts, machineConfig } from "../../machine/image/boot/machineConfig.ts";
import { handlerJob } from "../../machine/image/handlerProgram/handlerJob.ts";
import { makeFilledDrive } from "../../machine/image/makeFilledDrive.ts";
import { makeDrive } from "../../machine/image/rootfs/index.ts";
import { openToolbox } from "../../machine/toolbox/index.ts";
import { silentProgress } from "../../support/index.ts";
import { startVerifier, type Verifier } from "../contracts/dispute/support/startVerifier.ts";
import { inputOf, requestForExample, startTemplate } from "../e2e/support/realMachine.ts";
import { compareSteps, createSamples } from "./support/sampleSteps.ts";

/** How many steps to compare. More than the usual ones also come from a build of hello, and from a machine that boots. */
const USUAL_STEPS = 150;
const STEPS = Number(process.env.CARTENIX_STEPS ?? USUAL_STEPS);
const isLong = STEPS > USUAL_STEPS;
const PER_PLACE = isLong ? 20 : 5;

const BOOT_CYCLES = 2_000_000_000n;
const LONG_MS = 3_600_000;

describe("The step verifier over a real machine's work", () => {
  let verifier: Verifier;
  let template: Emulator;
  let greet: readonly Hex[];
  const samples = createSamples();
  const seed = process.env.FAST_CHECK_SEED!;

  before(async function () {
    this.timeout(120_000);
    [verifier, template] = await Promise.all([startVerifier(), startTemplate()]);
    greet = await requestForExample(template, "greet");
  });
  after(async () => {
    await template.shutdown();
    if (isLong) {
      console.log({ ...samples, gas: spreadOf(samples.gas) });
    }
  });

  it("takes the template", async () => {
    const state = await template.rootHash();
    assert.equal(await verifier.checkTemplate(state, await proveTemplate(template)), undefined);
    assert.equal(await verifier.isAccepted(state, await proveStatus(template)), true);
  });

  /** Sends a machine the inputs of a build, and compares steps of the last. */
  async function compareBuild(payloads: readonly Hex[], steps: number): Promise<void> {
    await using machine = await template.fork();
    const inputs = payloads.map((payload, index) => inputOf(index, payload));
    for (const input of inputs.slice(0, -1)) {
      await advance(machine, input);
    }
    const input = inputs.at(-1)!;
    const before = await machine.rootHash();
    const proof = await proveResponse(machine, input.length);
    await using copy = await machine.fork();
    const { status, cycles } = await advance(copy, input);
    assert.equal(status, "accepted");

    await machine.sendCmioResponse(0, input);
    assert.equal(await verifier.respond(before, input, proof), await machine.rootHash());
    const places = Math.ceil(steps / PER_PLACE);
    await compareSteps(machine, verifier, samples, {
      cycles,
      places,
      perPlace: PER_PLACE,
      seed,
    });
    await expectSameEnd(machine, copy);
  }

  /** The machine whose steps were compared goes on to the end that it has without. */
  async function expectSameEnd(machine: Emulator, copy: Emulator): Promise<void> {
    for (let kind = ""; kind !== "yielded-manual"; ) {
      ({ kind } = await machine.run());
    }
    const end = await copy.rootHash();
    assert.equal(await machine.rootHash(), end);
    assert.equal(await verifier.isAccepted(end, await proveStatus(copy)), true);
    const root = await copy.readMemory(0x6080_0000n, 32);
    assert.equal(await verifier.outputsRoot(end, await proveOutputsRoot(copy)), toHex(root));
    // a machine that waits goes on doing so
    await compareSteps(machine, verifier, samples, { cycles: 1n, places: 1, perPlace: 40, seed });
    assert.equal(await machine.rootHash(), end);
  }

  it("computes what the emulator does while greet is built", async () => {
    await compareBuild(greet, isLong ? STEPS * 0.4 : STEPS);
    assert.ok(samples.steps >= Math.min(STEPS, 200), `${samples.steps} steps`);
    assert.ok(samples.modes.size > 1, "in more than one mode");
  }).timeout(LONG_MS);

  it("costs what it may", () => {
    const [, median, most] = spreadOf(samples.gas);
    assert.ok(median! <= 125_000, `median: ${median}`);
    assert.ok(most! <= 160_000, `most: ${most}`);
  });

  (isLong ? it : it.skip)("computes what the emulator does while hello is built", async () => {
    await compareBuild(await requestForExample(template, "hello"), STEPS * 0.4);
  }).timeout(LONG_MS);

  (isLong ? it : it.skip)("computes what the emulator does while a machine boots", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "cartenix-boot-"));
    await using machine = await startEmulator();
    await machine.create(machineConfig(await partsOfTemplate(folder.path)));
    const places = Math.ceil((STEPS * 0.2) / PER_PLACE);
    const plan = { cycles: BOOT_CYCLES, places, perPlace: PER_PLACE, seed };
    await compareSteps(machine, verifier, samples, plan);
  }).timeout(LONG_MS);
});

async function partsOfTemplate(folder: string): Promise<MachineParts> {
  const progress = silentProgress;
  const { ram, filled } = await makeFilledDrive({ progress });
  const jobDrive = join(folder, "job.ext4");
  await makeDrive(await openToolbox({ progress }), await handlerJob(registryAddress()), jobDrive);
  return { ram, rootDrive: filled.file, jobDrive };
}

/** The least, the median and the most. */
function spreadOf(numbers: readonly number[]): (number | undefined)[] {
  const sorted = numbers.toSorted((a, b) => a - b);
  return [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)];
}
