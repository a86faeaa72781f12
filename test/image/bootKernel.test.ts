import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "mocha";
import { type Emulator, type RunResult, startEmulator } from "../../machine/emulator/index.ts";
import { ramImage } from "../../machine/image/boot/ramImage.ts";
import { buildFirmware } from "../../machine/image/firmware/index.ts";
import { buildKernel } from "../../machine/image/kernel/index.ts";
import { makeFileSystem } from "../../machine/image/rootfs/makeFileSystem.ts";
import { createRollupMachine } from "../../machine/node/advancer/rollupMachine.ts";
import { openToolbox } from "../../machine/toolbox/index.ts";
import { createProgress } from "../../support/index.ts";

const progress = createProgress();
const REASON_REPORT = 4;
const REASON_OUTPUT = 2;
const REASON_ACCEPTED = 1;
const MAX_CYCLES = 2_000_000_000n;

describe("kernel and firmware in the machine", function () {
  this.timeout(20 * 60_000);
  let scratch: string;
  let emulator: Emulator;
  const reports: string[] = [];

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "cartenix-boot-"));
    const drive = await makeDriveWithInit(scratch);
    const ram = await ramImage(await buildFirmware({ progress }), await buildKernel({ progress }));
    emulator = await startEmulator();
    await emulator.create({
      ram: { length: 128 << 20, backing_store: { data_filename: ram } },
      flash_drive: [{ backing_store: { data_filename: drive } }],
      dtb: { bootargs: "quiet no4lvl earlycon=sbi console=hvc0 root=/dev/pmem0 rw init=/init" },
    });
  });

  after(async () => {
    await emulator?.shutdown();
    await rm(scratch, { recursive: true, force: true });
  });

  it("offers /dev/cmio to the process that opened it, and to no other process", async () => {
    const stop = await runThroughReports(emulator);
    assert.deepEqual(reports.slice(0, 17), [
      "opened 3",
      `tx ${0x60800000}`,
      `tx length ${2 << 20}`,
      `rx ${0x60000000}`,
      `rx length ${2 << 20}`,
      "opened twice -16",
      "mapped elsewhere -22",
      "mapped in part -22",
      "mapped privately -22",
      "mapped rx for writing -13",
      "mapped rx for running -22",
      `mapped rx ${0x60000000}`,
      "made rx writable -13",
      "yielded to the console -22",
      "yielded by a third command -22",
      "yielded from a child -1",
      "a child's buffer -14",
    ]);
    assert.deepEqual(stop, {
      kind: "yielded-manual",
      reason: REASON_ACCEPTED,
      data: Uint8Array.from({ length: 32 }, (_, i) => i),
    });
  });

  it("has what Nix's sandbox and the limits on a build need", () => {
    assert.deepEqual(reports.slice(17), [
      "unshared 0",
      "mounted proc 0",
      "mounted tmpfs 0",
      "mounted overlay 0",
      "mounted cgroup2 0",
      "memory pids",
    ]);
  });

  it("boots in at most 40 million cycles", async () => {
    assert.ok((await emulator.cycle()) < 40_000_000n, `${await emulator.cycle()}`);
  });

  it("passes an input to the guest, and its output to the host", async () => {
    await using fork = await emulator.fork();
    reports.length = 0;
    const input = new TextEncoder().encode("an input that comes back");
    await fork.sendCmioResponse(0, input);
    const stop = await runThroughReports(fork);
    assert.deepEqual(reports, ["reason of the input 0"]);
    assert.deepEqual(stop, { kind: "yielded-automatic", reason: REASON_OUTPUT, data: input });
  });

  for (const [what, input] of Object.entries({
    "powers off": "P",
    reboots: "R",
    "halts the system": "H",
    "ends the first process, so that the kernel panics": "X",
    "kills the first process, so that the kernel panics": "S",
    "uses up the memory, so that the kernel panics": "M",
  })) {
    it(`rejects an input that ${what}, and takes the next`, async () => {
      const before = { inputs: 0n, machineHash: await emulator.rootHash() };
      const machine = createRollupMachine(await emulator.fork(), before);
      const run = async (text: string) => {
        const attempt = await machine.attempt(new TextEncoder().encode(text), { maxCycles: MAX_CYCLES });
        await attempt.commit();
        return attempt.result.status;
      };
      assert.equal(await run(input), "rejected");
      assert.deepEqual(machine.state(), { ...before, inputs: 1n });
      assert.equal(await run("an input that comes back"), "accepted");
      assert.notEqual(machine.state().machineHash, before.machineHash);
      await machine.stop();
    });
  }

  async function runThroughReports(machine: Emulator): Promise<RunResult> {
    for (;;) {
      const stop = await machine.run();
      if (stop.kind !== "yielded-automatic" || stop.reason !== REASON_REPORT) {
        return stop;
      }
      reports.push(new TextDecoder().decode(stop.data));
    }
  }
});

async function makeDriveWithInit(scratch: string): Promise<string> {
  const toolbox = await openToolbox({ progress });
  const root = join(scratch, "drive");
  for (const folder of ["dev", "proc", "sys", "tmp", "mnt", "lower"]) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await copyFile(fileURLToPath(new URL("support/init.c", import.meta.url)), join(scratch, "init.c"));
  await toolbox.run(
    [
      "riscv64-linux-gnu-gcc",
      "-ffreestanding",
      "-nostdlib",
      "-static",
      "-O2",
      "-o",
      "/stage/scratch/drive/init",
      "init.c",
    ],
    {
      cwd: "/stage/scratch",
      binds: [{ host: scratch, guest: "/stage/scratch" }],
    },
  );
  const image = join(scratch, "root.ext4");
  await makeFileSystem(toolbox, { folder: root, image, sizeMiB: 4, inodes: 64, label: "test" });
  return image;
}
