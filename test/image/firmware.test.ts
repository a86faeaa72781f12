import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, describe, it } from "mocha";
import { type Emulator, startEmulator } from "../../machine/emulator/index.ts";
import { buildFirmware } from "../../machine/image/firmware/index.ts";
import { createProgress } from "../../support/index.ts";
import { createAssembler } from "../emulator/support/riscv.ts";

const RAM_BYTES = 4 << 20;
const FIRMWARE_START = 0x8000_0000n;
const KERNEL_START = 0x8020_0000n;
/** Everything that tells how a machine ended: that it yielded, that it did not halt, and tohost. */
const REJECTED = { yielded: 1n, halted: 0n, tohost: 0x0201_0002_0000_0000n };

/** The registers of a call to the firmware. */
interface SbiCall {
  readonly a7: number;
  readonly a0?: number;
  readonly a1?: number;
}

const SYSTEM_RESET = 0x5352_5354;

describe("the firmware rejects, and never halts", function () {
  this.timeout(5 * 60_000);
  let firmware: Uint8Array;
  before(async () => {
    firmware = await readFile(await buildFirmware({ progress: createProgress() }));
  });

  for (const [what, call] of Object.entries<SbiCall>({
    "a shutdown": { a7: SYSTEM_RESET, a0: 0, a1: 0 },
    "a shutdown after a failure": { a7: SYSTEM_RESET, a0: 0, a1: 1 },
    "a cold reboot": { a7: SYSTEM_RESET, a0: 1, a1: 0 },
    "a warm reboot, as after a panic": { a7: SYSTEM_RESET, a0: 2, a1: 1 },
    "a legacy shutdown": { a7: 8 },
  })) {
    it(`after ${what}, however often it is answered`, async () => {
      await using machine = await startKernel(firmware, assembleCall(call));
      for (let answers = 0; answers < 3; answers++) {
        const { kind } = await machine.run({ untilCycle: (await machine.cycle()) + 10_000_000n });
        assert.equal(kind, "yielded-manual");
        assert.deepEqual(await stateOf(machine), REJECTED);
        await machine.sendCmioResponse(0, new Uint8Array(100));
      }
    });
  }
});

async function startKernel(firmware: Uint8Array, kernel: Uint8Array): Promise<Emulator> {
  const emulator = await startEmulator();
  await emulator.create({ ram: { length: RAM_BYTES } });
  await emulator.writeMemory(FIRMWARE_START, firmware);
  await emulator.writeMemory(KERNEL_START, kernel);
  return emulator;
}

async function stateOf(machine: Emulator): Promise<typeof REJECTED> {
  const [yielded, halted, tohost] = [
    await machine.readRegister("iflags_Y"),
    await machine.readRegister("iflags_H"),
    await machine.readRegister("htif_tohost"),
  ];
  return { yielded, halted, tohost };
}

/** A kernel that calls the firmware once. It spins if it gets an answer. */
function assembleCall(call: SbiCall): Uint8Array {
  const a = createAssembler();
  for (const register of ["a0", "a1", "a7"] as const) {
    const value = call[register] ?? 0;
    a.lui(register, (value + 0x800) >> 12);
    a.addi(register, register, ((value & 0xfff) ^ 0x800) - 0x800);
  }
  a.addi("a6", "zero", 0);
  a.ecall();
  a.label("spin");
  a.jal("zero", "spin");
  return a.assemble();
}
