import assert from "node:assert/strict";
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, beforeEach, describe, it } from "mocha";
import { type Hex, keccak256 } from "viem";
import { iConsensusAbi } from "../../abi/index.ts";
import { fingerprintOf, folderDigest, startEmulator } from "../../machine/emulator/index.ts";
import { type CartenixNode, TemplateDamagedError } from "../../machine/node/index.ts";
import { cachePath } from "../../support/index.ts";
import { recordLog } from "./support/recordLog.ts";
import { script } from "./support/scriptGuest.ts";
import { spawnNode } from "./support/spawnNode.ts";
import { notice, readerOf, startWorld, voucher, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

const QUARANTINED = /^the database is damaged; it was renamed/;
const receiver: Hex = "0x00000000000000000000000000000000000000ff";

const PAGE_BYTES = 4_096;
const WORD_BYTES = 32;

/** The hash of a page of a machine's memory. */
function pageHash(page: Uint8Array): Buffer {
  const half = page.length / 2;
  const content =
    page.length === WORD_BYTES
      ? page
      : Buffer.concat([pageHash(page.subarray(0, half)), pageHash(page.subarray(half))]);
  return Buffer.from(keccak256(content, "bytes"));
}

describe("a node whose files are damaged", function () {
  this.timeout(60_000);
  let world: World;
  let hashes: (Hex | null)[];
  let transactions: number;
  const data = () => join(world.folder, "data");
  const folder = () => join(data(), readdirSync(data())[0]!);
  const database = () => join(folder(), "node.sqlite");
  const quarantined = () =>
    readdirSync(folder()).filter((name) => /^node\.sqlite\.damaged-[\dTZ.-]+$/.test(name));
  const hashesOf = async (node: Pick<CartenixNode, "url">) =>
    (await readerOf(node).listInputs({ application: world.deployment.application })).data.map(
      ({ machineHash }) => machineHash,
    );
  const transactionsOfClaimer = () => world.client.getTransactionCount({ address: world.account(0).address });
  const damageRow = (sql: string) => {
    const rows = new DatabaseSync(database());
    for (const { name } of rows.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").all()) {
      rows.exec(`DROP TRIGGER ${name}`);
    }
    rows.exec(sql);
    rows.close();
  };
  const overwrite = (path: string, from: number, bytes: Uint8Array) => {
    const file = openSync(path, "r+");
    writeSync(file, bytes, 0, bytes.length, from);
    closeSync(file);
  };
  const flip = (path: string, at: number) =>
    overwrite(path, at, Uint8Array.of(readFileSync(path)[at]! ^ 0x10));
  const rawOfFirstInput = () => {
    const rows = new DatabaseSync(database(), { readOnly: true });
    const { raw } = rows.prepare("SELECT raw FROM inputs WHERE idx = 0").get() as { raw: Uint8Array };
    rows.close();
    return readFileSync(database()).indexOf(raw) + raw.length - 1;
  };

  before(async () => {
    world = await startWorld();
    await world.sendEther(world.deployment.application, 10n);
    const node = await world.startNode({ snapshotCycles: 1n, execute: true });
    await world.send(world.accepting([notice("0x01"), voucher(receiver, "0x", 1n)], script.count()));
    await world.send(script.of(script.count(), script.report("0x99"), script.reject()));
    await world.send(world.accepting([notice("0x02")], script.count()));
    await until("all is processed", () => node.status().processedInputs === 3n);
    await world.endEpoch();
    await until(
      "the voucher is executed",
      async () => (await world.client.getBalance({ address: receiver })) === 1n,
    );
    await world.endEpoch();
    await until("all is claimed and known", async () => {
      const metrics = await (await fetch(`${node.url}/metrics`)).text();
      return ["claims_waiting 0", "transactions_pending 0", "outputs_executed 1"].every((line) =>
        metrics.includes(`\ncartenix_${line}\n`),
      );
    });
    hashes = await hashesOf(node);
    transactions = await transactionsOfClaimer();
    await node.stop();
    cpSync(data(), join(world.folder, "whole"), { recursive: true });
  });
  after(() => world?.[Symbol.asyncDispose]());
  beforeEach(() => {
    rmSync(data(), { recursive: true });
    cpSync(join(world.folder, "whole"), data(), { recursive: true });
  });

  const damages: [what: string, damage: () => void][] = [
    ["one flipped bit in an input", () => flip(database(), rawOfFirstInput())],
    [
      "a changed machine hash",
      () => damageRow("UPDATE inputs SET machine_hash = zeroblob(32) WHERE idx = 2"),
    ],
    ["a lost execution", () => damageRow("UPDATE outputs SET executed = 0")],
    ["an overwritten page", () => overwrite(database(), 3 * 4_096, new Uint8Array(4_096).fill(0xa5))],
    [
      "the loss of its second half",
      () => truncateSync(database(), Math.floor(statSync(database()).size / 2)),
    ],
    [
      "its replacement by another file",
      () => writeFileSync(database(), "not a database at all".repeat(1_000)),
    ],
  ];
  for (const [what, damage] of damages) {
    it(`rebuilds its database from the chain and the template after ${what}`, async () => {
      damage();
      const { log, messages } = recordLog();
      const node = await world.startNode({ log, execute: true });
      await until("all is processed again", () => node.status().processedInputs === 3n);
      assert.ok(messages().some((message) => QUARANTINED.test(message)));
      assert.equal(quarantined().length, 1);
      assert.deepEqual(await hashesOf(node), hashes);
      await node.stop();
      assert.equal(await transactionsOfClaimer(), transactions, "nothing was sent again");
    });
  }

  it("notices damage while it runs, quarantines the database and rebuilds it", async () => {
    const node = spawnNode(world, ["--execute"]);
    await node.event("the machine is up");
    // Another connection's write makes the node forget the pages that it has in memory.
    const other = new DatabaseSync(database());
    other.exec("CREATE TABLE other (x); PRAGMA wal_checkpoint(TRUNCATE)");
    other.close();
    const { size } = statSync(database());
    overwrite(database(), 4_096, new Uint8Array(size - 4_096).fill(0xa5));
    await world.send(world.accepting([notice("0x03")], script.count()));
    await until("it has restarted", () => node.log.filter(({ msg }) => msg === "serving").length === 2);
    assert.ok(node.log.some(({ msg }) => QUARANTINED.test(msg)));
    const url = node.log.findLast(({ msg }) => msg === "serving")!.url as string;
    const { application } = world.deployment;
    await until(
      "all is processed again",
      async () => (await readerOf({ url }).getProcessedInputCount({ application })) === 4n,
    );
    assert.deepEqual((await hashesOf({ url })).slice(0, 3), hashes);
    node.signal("SIGTERM");
    assert.equal(await node.ended, 0);
    const claims = await world.client.getContractEvents({
      address: world.deployment.consensus,
      abi: iConsensusAbi,
      eventName: "ClaimSubmitted",
      fromBlock: 0n,
      strict: true,
    });
    const epochs = claims.map(({ args }) => args.lastProcessedBlockNumber);
    assert.deepEqual(epochs, [...new Set(epochs)]);
  });

  describe("and its template", () => {
    let copies = 0;
    const copyTemplate = () => {
      const directory = join(world.folder, `template-${++copies}`);
      cpSync(world.templateDirectory, directory, { recursive: true });
      return directory;
    };
    const ramOf = (directory: string) =>
      join(directory, readdirSync(directory).find((name) => /^0000000080000000-.*\.bin$/.test(name))!);
    /** Starts a node that has read nothing yet; whether it computed the template's whole hash. */
    const start = async (templateDirectory: string): Promise<boolean> => {
      const { log, messages } = recordLog();
      const dataDirectory = join(world.folder, `other-${++copies}`);
      await (await world.startNode({ templateDirectory, dataDirectory, claimerKey: undefined, log })).stop();
      return messages().some((message) => /^computing the whole template's hash/.test(message));
    };
    const records = cachePath("verified-machines");
    const recordOf = async (directory: string) => join(records, await fingerprintOf(directory));

    it("is believed when this computer made it, and computed once when it is a copy", async () => {
      assert.equal(await start(world.templateDirectory), false);
      const copy = copyTemplate();
      assert.equal(await start(copy), true);
      assert.equal(await start(copy), false);
      assert.equal(statSync(records).mode & 0o777, 0o700);
    });

    it("is refused when seven bytes of a copy were changed, whatever digest came with it", async () => {
      const copy = copyTemplate();
      overwrite(ramOf(copy), 0x700, Buffer.from("EVILEVI"));
      writeFileSync(`${copy}.digest`, `${await folderDigest(copy)}\n`);
      await using emulator = await startEmulator();
      await emulator.load(copy);
      assert.equal(await emulator.rootHash(), world.deployment.templateHash, "the stored tree says so");
      await assert.rejects(start(copy), TemplateDamagedError);
    });

    it("is refused when the stored hash tree was changed with its bytes", async () => {
      const copy = copyTemplate();
      const ram = readFileSync(ramOf(copy));
      ram.write("EVILEVI", 0x700);
      const tree = ramOf(copy).replace(/bin$/, "dht");
      const leaves = statSync(tree).size / 2;
      overwrite(ramOf(copy), 0x700, Buffer.from("EVILEVI"));
      overwrite(tree, leaves, pageHash(ram.subarray(0, PAGE_BYTES)));
      await using emulator = await startEmulator();
      await emulator.load(copy);
      assert.equal(await emulator.rootHash(), world.deployment.templateHash, "the nodes above say so");
      assert.equal(await emulator.verifyHashTree(), true, "it compares the leaves alone");
      await assert.rejects(start(copy), TemplateDamagedError);
    });

    it("is refused when the cached hash of a page was changed with its bytes", async () => {
      const copy = copyTemplate();
      const registers = join(copy, "0000000000000000-8000.bin");
      const cache = join(copy, "hash_tree.phtc");
      const at = readFileSync(cache).indexOf(readFileSync(registers).subarray(0, PAGE_BYTES));
      assert.ok(at >= 0);
      flip(registers, 8);
      flip(cache, at + 8);
      await using emulator = await startEmulator();
      await emulator.load(copy);
      assert.equal(await emulator.rootHash(), world.deployment.templateHash, "the cache says so");
      assert.equal(await emulator.verifyHashTree(), true, "the cache says so");
      await assert.rejects(start(copy), TemplateDamagedError);
    });

    it("is refused when only a stored hash was changed", async () => {
      const copy = copyTemplate();
      const tree = ramOf(copy).replace(/bin$/, "dht");
      flip(tree, statSync(tree).size / 2);
      await assert.rejects(start(copy), TemplateDamagedError);
    });

    it("is refused after a flipped bit, though it was verified before", async () => {
      const copy = copyTemplate();
      assert.equal(await start(copy), true);
      const { atime, mtime } = statSync(ramOf(copy));
      flip(ramOf(copy), 0x700);
      utimesSync(ramOf(copy), atime, mtime);
      await assert.rejects(start(copy), TemplateDamagedError);
    });

    it("is refused when its disk changed a bit without a trace", async () => {
      const copy = copyTemplate();
      assert.equal(await start(copy), true);
      // Only a disk can change a file and not its times: the record says instead that it had other bytes before.
      const record = await recordOf(copy);
      writeFileSync(record, readFileSync(record, "utf8").replace(/"0x./, '"0x_'));
      await assert.rejects(start(copy), TemplateDamagedError);
    });

    it("is computed again when others could have written the record", async () => {
      const copy = copyTemplate();
      assert.equal(await start(copy), true);
      try {
        chmodSync(records, 0o777);
        assert.equal(await start(copy), true);
      } finally {
        chmodSync(records, 0o700);
      }
    });

    it("leaves no record behind when it is deleted", async () => {
      const copy = copyTemplate();
      assert.equal(await start(copy), true);
      const record = await recordOf(copy);
      rmSync(copy, { recursive: true });
      assert.equal(await start(copyTemplate()), true);
      assert.equal(existsSync(record), false);
    });
  });
});
