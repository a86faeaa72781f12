import assert from "node:assert/strict";
import {
  closeSync,
  cpSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, beforeEach, describe, it } from "mocha";
import type { Hex } from "viem";
import { iConsensusAbi } from "../../abi/index.ts";
import { digestFileOf } from "../../machine/emulator/index.ts";
import { type CartenixNode, TemplateDamagedError } from "../../machine/node/index.ts";
import { recordLog } from "./support/recordLog.ts";
import { script } from "./support/scriptGuest.ts";
import { spawnNode } from "./support/spawnNode.ts";
import { notice, readerOf, startWorld, voucher, type World } from "./support/startWorld.ts";
import { until } from "./support/until.ts";

const QUARANTINED = /^the database is damaged; it was renamed/;
const receiver: Hex = "0x00000000000000000000000000000000000000ff";

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

  for (const [what, hasDigest] of [
    ["stored next to it", true],
    ["not stored", false],
  ] as const) {
    it(`does not start with a flipped bit in a template whose digest is ${what}`, async () => {
      const templateDirectory = join(world.folder, `template-${hasDigest}`);
      cpSync(world.templateDirectory, templateDirectory, { recursive: true });
      if (hasDigest) {
        cpSync(digestFileOf(world.templateDirectory), digestFileOf(templateDirectory));
      }
      const options = {
        templateDirectory,
        dataDirectory: join(world.folder, `other-${hasDigest}`),
        claimerKey: undefined,
      };
      await (await world.startNode(options)).stop();
      const ram = readdirSync(templateDirectory).find((name) => /^0000000080000000-.*\.bin$/.test(name))!;
      flip(join(templateDirectory, ram), 0x700);
      await assert.rejects(world.startNode(options), TemplateDamagedError);
    });
  }
});
