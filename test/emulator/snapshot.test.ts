import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import {
  advance,
  EmulatorRequestError,
  SnapshotError,
  SnapshotExistsError,
  startEmulator,
} from "../../machine/emulator/index.ts";
import { assembleGuest, GUEST_START } from "./support/guest.ts";
import { bytes, RAM_BYTES, startGuest } from "./support/startGuest.ts";

const DRIVE_START = 0x80_0000_0000_0000n;

describe("emulator: snapshots", () => {
  let folder: string;
  let stored: string;
  let hash: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-snapshot-"));
    stored = join(folder, "stored");
    await using guest = await startGuest();
    await advance(guest, bytes("ca"));
    await guest.store(stored);
    hash = await guest.rootHash();
  });
  after(() => rm(folder, { recursive: true }));

  const damaged = async (damage: (directory: string) => Promise<void>) => {
    const directory = await mkdtemp(join(folder, "damaged-"));
    await cp(stored, directory, { recursive: true });
    await damage(directory);
    await using emulator = await startEmulator();
    await emulator.load(directory);
  };
  const fileOf = async (directory: string, ending: string) => {
    const name = (await readdir(directory)).find((candidate) => candidate.endsWith(ending));
    assert(name);
    return join(directory, name);
  };

  it("continues where it was stored", async () => {
    await using loaded = await startEmulator();
    await loaded.load(stored);
    assert.equal(await loaded.rootHash(), hash);
    const { status } = await advance(loaded, bytes("ccca"));
    assert.equal(status, "accepted");
    assert.equal((await loaded.readMemory(GUEST_START + 0x7f8n, 1))[0], 4);
  });

  it("is not changed by machines loaded from it, and serves several at once", async () => {
    await using first = await startEmulator();
    await using second = await startEmulator();
    await first.load(stored);
    await second.load(stored);
    await advance(first, bytes("ccca"));
    assert.equal(await second.rootHash(), hash);
    await using third = await startEmulator();
    await third.load(stored);
    assert.equal(await third.rootHash(), hash);
  });

  it("can be moved", async () => {
    const moved = join(folder, "moved");
    await cp(stored, moved, { recursive: true });
    await using emulator = await startEmulator();
    await emulator.load(moved);
    assert.equal(await emulator.rootHash(), hash);
  });

  it("never overwrites another, and leaves nothing unfinished", async () => {
    await using guest = await startGuest();
    await assert.rejects(guest.store(stored), SnapshotExistsError);
    assert(!(await readdir(folder)).some((name) => name.includes("unfinished")));
  });

  it("is refused when it does not exist", async () => {
    await using emulator = await startEmulator();
    await assert.rejects(emulator.load(join(folder, "nowhere")), SnapshotError);
  });

  it("is refused when a file is missing", async () => {
    for (const ending of ["config.json", "hash_tree.sht", "80000000-100000.bin", "80000000-100000.dht"]) {
      await assert.rejects(
        damaged(async (d) => rm(await fileOf(d, ending))),
        SnapshotError,
        ending,
      );
    }
  });

  it("is refused when a file is truncated", async () => {
    for (const ending of ["config.json", "hash_tree.phtc", "80000000-100000.bin", "80000000-100000.dpt"]) {
      await assert.rejects(
        damaged(async (d) => truncate(await fileOf(d, ending), 1)),
        SnapshotError,
        ending,
      );
    }
  });

  it("is refused when another version of the emulator stored it", async () => {
    const edit = (from: RegExp, to: string) => async (directory: string) => {
      const path = join(directory, "config.json");
      await writeFile(path, (await readFile(path, "utf8")).replace(from, to));
    };
    await assert.rejects(damaged(edit(/"archive_version":\d+/, '"archive_version":5')), /archive_version/);
    const forgeVersion = async (directory: string) => {
      const path = await fileOf(directory, "0000000000000000-8000.bin");
      const state = await readFile(path);
      const marchid = state.indexOf(Buffer.from([20, 0, 0, 0, 0, 0, 0, 0]));
      state.writeUInt8(19, marchid);
      await writeFile(path, state);
    };
    await assert.rejects(damaged(forgeVersion), SnapshotError);
  });

  it("writes a shared drive back to its file, and locks the file meanwhile", async () => {
    const drive = join(folder, "drive.img");
    await writeFile(drive, new Uint8Array(64 * 1024));
    const config = (shared: boolean) => ({
      ram: { length: RAM_BYTES },
      flash_drive: [{ backing_store: { data_filename: drive, shared } }],
    });
    const owner = await startEmulator();
    await owner.create(config(true));
    await owner.writeMemory(GUEST_START, assembleGuest());
    await owner.writeMemory(DRIVE_START + 4096n, bytes("kept"));
    await assert.rejects(owner.fork(), /cannot fork machines with shared/);
    await using other = await startEmulator();
    await assert.rejects(other.create(config(false)), (error) => {
      return error instanceof EmulatorRequestError && /shut that machine down/.test(error.message);
    });
    await owner.shutdown();
    assert.equal((await readFile(drive)).subarray(4096, 4100).toString(), "kept");

    await other.create(config(false));
    await other.writeMemory(DRIVE_START + 4096n, bytes("lost"));
    await other.shutdown();
    assert.equal((await readFile(drive)).subarray(4096, 4100).toString(), "kept");
  });
});
