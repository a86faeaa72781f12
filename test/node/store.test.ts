import assert from "node:assert/strict";
import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { type Hex, keccak256, toHex, zeroAddress } from "viem";
import {
  DatabaseDamagedError,
  DatabaseError,
  DataDirectoryLockedError,
  OutputsRootMismatchError,
} from "../../machine/node/index.ts";
import type { Advance } from "../../machine/node/model/advance.ts";
import type { ApplicationInfo } from "../../machine/node/model/applicationInfo.ts";
import type { ChainBatch } from "../../machine/node/model/chainEvents.ts";
import { readStoredApplicationInfo, recordApplication } from "../../machine/node/store/applicationTable.ts";
import { compareClaims, wrongClaims } from "../../machine/node/store/claimsTable.ts";
import { epochsAwaitingAcceptance, updateEpochs } from "../../machine/node/store/epochsTable.ts";
import { processedInputCount } from "../../machine/node/store/inputsTable.ts";
import { lockDirectory } from "../../machine/node/store/lockDirectory.ts";
import { openStore, type Store } from "../../machine/node/store/openStore.ts";
import { outputCount, provenOutput } from "../../machine/node/store/outputsTable.ts";
import { recordAdvance } from "../../machine/node/store/recordAdvance.ts";
import { recordBatch } from "../../machine/node/store/recordBatch.ts";
import { rollBack } from "../../machine/node/store/rollBack.ts";
import { defineRowCrc } from "../../machine/node/store/rowChecksums.ts";
import { MIGRATIONS } from "../../machine/node/store/schema.ts";
import { addSnapshot } from "../../machine/node/store/snapshotsTable.ts";
import { pendingTransactions } from "../../machine/node/store/transactionsTable.ts";
import { fuzzRuns } from "../nix/support/fuzzRuns.ts";
import { foldProof, plainRoot } from "./support/plainTree.ts";

const hash = (text: string): Hex => keccak256(toHex(text));
const address = (digit: string): Hex => `0x${digit.repeat(40)}`;
const EPOCH_LENGTH = 10n;
const application: ApplicationInfo = {
  chainId: 1n,
  genesisHash: hash("genesis"),
  address: zeroAddress,
  consensus: zeroAddress,
  consensusType: "AUTHORITY",
  inputBox: zeroAddress,
  dataAvailability: "0x",
  templateHash: hash("template"),
  epochLength: EPOCH_LENGTH,
  firstBlock: 5n,
};

function batch(number: bigint, inputs: [index: bigint, block: bigint][] = []): ChainBatch {
  return {
    upTo: { number, hash: hash(`block ${number}`) },
    checkedBlock: number,
    inputs: inputs.map(([index, block]) => ({
      index,
      block: { number: block, hash: hash(`block ${block}`) },
      transactionHash: hash(`transaction ${index}`),
      sender: address("a"),
      raw: "0x1234",
    })),
    claims: [],
    disputes: [],
    executions: [],
  };
}

function advance(inputIndex: bigint, outputs: string[], root: Hex | undefined): Advance {
  return {
    inputIndex,
    status: "ACCEPTED",
    cycles: 5n,
    machineHash: hash(`machine ${inputIndex}`),
    outputsRoot: root,
    exception: undefined,
    outputs: outputs.map((text) => new TextEncoder().encode(text)),
    reports: [],
  };
}

describe("the node's database", () => {
  let folder: string;
  let count = 0;
  const path = () => join(folder, `${count}.sqlite`);
  const open = (): Store => {
    count++;
    const store = openStore(path());
    recordApplication(store, application);
    return store;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "cartenix-store-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("can be reopened, but only for the same application", () => {
    const store = open();
    recordBatch(store, EPOCH_LENGTH, batch(7n, [[0n, 6n]]));
    store.close();
    const again = openStore(path());
    recordApplication(again, application);
    assert.deepEqual(readStoredApplicationInfo(again), application);
    assert.throws(
      () => recordApplication(again, { ...application, templateHash: hash("other") }),
      DatabaseError,
    );
    again.close();
  });

  it("refuses a file that is not a database, and a database written by a newer version", () => {
    const garbage = join(folder, "garbage.sqlite");
    writeFileSync(garbage, "x".repeat(10_000));
    assert.throws(() => openStore(garbage), DatabaseError);
    const newer = join(folder, "newer.sqlite");
    const database = new DatabaseSync(newer);
    database.exec("PRAGMA user_version = 1000");
    database.close();
    assert.throws(() => openStore(newer), DatabaseError);
  });

  it("detects a damaged page", () => {
    const store = open();
    recordBatch(
      store,
      EPOCH_LENGTH,
      batch(
        1_000n,
        Array.from({ length: 900 }, (_, i) => [BigInt(i), 10n + BigInt(i)]),
      ),
    );
    store.close();
    const file = openSync(path(), "r+");
    const { size } = fstatSync(file);
    writeSync(file, new Uint8Array(4_096).fill(0xff), 0, 4_096, size - 4 * 4_096);
    closeSync(file);
    assert.throws(() => openStore(path()), DatabaseError);
  });

  it("detects every flipped bit that changes its content", function () {
    this.timeout(fuzzRuns(60_000));
    const store = open();
    const texts = ["a", "b", "c", "d"];
    const inputs = texts.map((_, at): [bigint, bigint] => [BigInt(at), 6n + BigInt(at)]);
    recordBatch(store, EPOCH_LENGTH, batch(20n, inputs));
    texts.forEach((text, at) => {
      const root = plainRoot(texts.slice(0, at + 1).map(hash));
      recordAdvance(store, advance(BigInt(at), [text], root));
    });
    updateEpochs(store);
    const contentOf = ({ database }: Store) => {
      const tables = database
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        .all();
      return tables.map(({ name }) => database.prepare(`SELECT * FROM ${name}`).all());
    };
    const content = contentOf(store);
    store.close();
    const whole = readFileSync(path());
    const flipped = join(folder, "flipped.sqlite");
    const flips = fc.integer({ min: 0, max: whole.length * 8 - 1 });
    fc.assert(
      fc.property(flips, (bit) => {
        const bytes = Buffer.from(whole);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        for (const suffix of ["", "-wal", "-shm"]) {
          rmSync(flipped + suffix, { force: true });
        }
        writeFileSync(flipped, bytes);
        try {
          const damaged = openStore(flipped);
          const found = contentOf(damaged);
          damaged.close();
          assert.deepEqual(found, content);
        } catch (error) {
          assert.ok(error instanceof DatabaseError, String(error));
        }
      }),
      { numRuns: fuzzRuns(150) },
    );
  });

  it("detects rows that are missing, or went back to an earlier state with a checksum that matches", () => {
    const store = open();
    recordBatch(store, EPOCH_LENGTH, batch(7n, [[0n, 6n]]));
    recordBatch(store, EPOCH_LENGTH, batch(8n, [[1n, 8n]]));
    const before = store.database.prepare("SELECT * FROM inputs WHERE idx = 0").get() as Record<
      string,
      never
    >;
    recordAdvance(store, advance(0n, [], plainRoot([])));
    store.close();
    const whole = readFileSync(path());
    const expectDamaged = (damage: string, ...values: never[]) => {
      writeFileSync(path(), whole);
      const database = new DatabaseSync(path());
      const triggers = database.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all();
      for (const { name } of triggers) {
        database.exec(`DROP TRIGGER ${name}`);
      }
      database.prepare(damage).run(...values);
      for (const { sql } of triggers) {
        database.exec(String(sql));
      }
      database.close();
      assert.throws(() => openStore(path()), DatabaseDamagedError, damage);
    };
    expectDamaged("DELETE FROM inputs WHERE idx = 1");
    expectDamaged("DELETE FROM blocks");
    expectDamaged("DELETE FROM totals WHERE name = 'claims'");
    const columns = Object.keys(before);
    expectDamaged(
      `INSERT OR REPLACE INTO inputs (${columns}) VALUES (${columns.map(() => "?")})`,
      ...Object.values(before),
    );
    expectDamaged("UPDATE totals SET row_count = row_count + 1 WHERE name = 'inputs'");
  });

  it("adds its rows up when they are changed, deleted and rolled back, and when an older database is opened", () => {
    const store = open();
    recordBatch(store, EPOCH_LENGTH, batch(7n, [[0n, 6n]]));
    recordAdvance(store, advance(0n, ["a"], plainRoot([hash("a")])));
    recordBatch(store, EPOCH_LENGTH, batch(18n, [[1n, 18n]]));
    const snapshot = { inputs: 1n, machineHash: hash("machine"), contentDigest: hash("files") };
    addSnapshot(store, snapshot);
    addSnapshot(store, { ...snapshot, contentDigest: hash("other files") });
    updateEpochs(store);
    rollBack(store, 7n);
    store.close();
    openStore(path()).close();

    count++;
    const older = new DatabaseSync(path());
    defineRowCrc(older);
    older.exec(MIGRATIONS.slice(0, 2).join(";\n"));
    older.exec(`
      PRAGMA user_version = 2;
      INSERT INTO application VALUES (
        1, 1, zeroblob(32), zeroblob(20), zeroblob(20), 'AUTHORITY', zeroblob(20), x'', zeroblob(32), 10, 5, 6, 0, 0, NULL
      );
      INSERT INTO transactions (hash, purpose, subject, sender, nonce, raw)
      VALUES (zeroblob(32), 'claim', 7, zeroblob(20), 0, x'');
      INSERT INTO claims (block_number, log_index, kind, epoch, outputs_root, transaction_hash)
      VALUES (6, 0, 'accepted', 0, zeroblob(32), zeroblob(32));`);
    older.close();
    const migrated = openStore(path());
    assert.equal(pendingTransactions(migrated, zeroAddress)[0]?.subject, 7n);
    assert.equal(readStoredApplicationInfo(migrated)?.epochLength, 10n);
    recordBatch(migrated, EPOCH_LENGTH, batch(9n, [[0n, 9n]]));
    migrated.close();
    openStore(path()).close();
  });

  it("records the result of an input completely or not at all", () => {
    const store = open();
    recordBatch(
      store,
      EPOCH_LENGTH,
      batch(7n, [
        [0n, 6n],
        [1n, 7n],
      ]),
    );
    const wrong = advance(0n, ["a", "b"], plainRoot([hash("a")]));
    assert.throws(() => recordAdvance(store, wrong), OutputsRootMismatchError);
    assert.throws(() => recordAdvance(store, advance(0n, ["a"], undefined)), OutputsRootMismatchError);
    assert.equal(outputCount(store), 0n);
    assert.equal(processedInputCount(store), 0n);
    recordAdvance(store, advance(0n, ["a", "b"], plainRoot([hash("a"), hash("b")])));
    assert.equal(outputCount(store), 2n);
    assert.equal(processedInputCount(store), 1n);
    assert.throws(() => recordAdvance(store, advance(0n, [], plainRoot([hash("a"), hash("b")]))));
    assert.throws(() => recordAdvance(store, advance(9n, [], plainRoot([hash("a"), hash("b")]))));
    assert.equal(processedInputCount(store), 1n);
    store.close();
  });

  it("computes a claim when the epoch is over and its inputs are processed", () => {
    const store = open();
    const rootOf = (...texts: string[]) => plainRoot(texts.map(hash));
    recordBatch(
      store,
      EPOCH_LENGTH,
      batch(8n, [
        [0n, 6n],
        [1n, 8n],
      ]),
    );
    recordAdvance(store, advance(0n, ["a"], rootOf("a")));
    recordAdvance(store, advance(1n, [], rootOf("a")));
    updateEpochs(store);
    assert.deepEqual(epochsAwaitingAcceptance(store), [], "the epoch is not over");
    assert.equal(provenOutput(store, 0n), undefined);
    recordBatch(
      store,
      EPOCH_LENGTH,
      batch(31n, [
        [2n, 15n],
        [3n, 21n],
        [4n, 30n],
      ]),
    );
    updateEpochs(store);
    assert.deepEqual(
      epochsAwaitingAcceptance(store),
      [{ index: 0n, lastBlock: 9n, outputsRoot: rootOf("a") }],
      "the next ones have unprocessed inputs",
    );
    recordAdvance(store, advance(2n, [], rootOf("a")));
    recordAdvance(store, advance(3n, ["b", "c"], rootOf("a", "b", "c")));
    recordAdvance(store, advance(4n, ["d"], rootOf("a", "b", "c", "d")));
    updateEpochs(store);
    assert.deepEqual(
      epochsAwaitingAcceptance(store).map(({ index, outputsRoot }) => [index, outputsRoot]),
      [
        [0n, rootOf("a")],
        [2n, rootOf("a", "b", "c")],
      ],
      "epoch 1 has no outputs, epoch 3 is open",
    );
    const { proof } = provenOutput(store, 1n)!;
    assert.equal(foldProof(hash("b"), 1, proof.outputHashesSiblings), rootOf("a", "b", "c"));
    recordBatch(store, EPOCH_LENGTH, {
      ...batch(32n),
      claims: [
        {
          kind: "accepted",
          blockNumber: 32n,
          logIndex: 0,
          transactionHash: hash("claim"),
          epoch: 0n,
          outputsRoot: rootOf("a"),
          submitter: undefined,
        },
      ],
    });
    updateEpochs(store);
    assert.deepEqual(
      epochsAwaitingAcceptance(store).map(({ index }) => index),
      [2n],
    );
    store.close();
  });

  it("ends an epoch with a seal, in the middle of a block if need be, and undoes that", () => {
    count++;
    const store = openStore(path());
    const { epochLength: _, ...common } = application as Extract<ApplicationInfo, { epochLength: bigint }>;
    const terms = {
      stepVerifier: zeroAddress,
      maxInputs: 9,
      claimWindow: 1,
      challengeWindow: 1,
      clock: 1,
      bond: 5n,
    };
    const disputable: ApplicationInfo = { ...common, consensusType: "DISPUTE", terms };
    recordApplication(store, disputable);
    recordApplication(store, disputable);
    assert.deepEqual(readStoredApplicationInfo(store), disputable);
    assert.throws(() => recordApplication(store, { ...disputable, terms: { ...terms, bond: 6n } }), /terms/);
    const at = (blockNumber: bigint, logIndex = 0) => ({ blockNumber, logIndex, transactionHash: hash("t") });
    const seal = {
      kind: "sealed",
      epoch: 0n,
      firstInput: 0n,
      endInput: 2n,
      state: hash("template"),
    } as const;
    const claim = {
      ...({ kind: "claimed", epoch: 0n, claimId: hash("id"), claimer: zeroAddress } as const),
      ...{ state: hash("lie"), outputsRoot: plainRoot([]) },
    };
    recordBatch(store, undefined, batch(7n, [[0n, 6n]]));
    recordBatch(store, undefined, {
      ...batch(8n, [
        [1n, 8n],
        [2n, 8n],
      ]),
      disputes: [{ ...seal, ...at(8n) }],
    });
    const epochs = () =>
      store.database
        .prepare("SELECT idx, status, first_input, end_input, last_block FROM epoch_states ORDER BY idx")
        .all()
        .map((row) => Object.values(row));
    for (const input of [0n, 1n, 2n]) {
      recordAdvance(store, advance(input, [], plainRoot([])));
    }
    updateEpochs(store);
    assert.deepEqual(epochs(), [
      [0n, "CLAIM_COMPUTED", 0n, 2n, 8n],
      [1n, "OPEN", 2n, 3n, 8n],
    ]);
    assert.equal(epochsAwaitingAcceptance(store).length, 1, "it has no outputs, and is claimed as well");
    recordBatch(store, undefined, { ...batch(9n), disputes: [{ ...claim, ...at(9n) }] });
    compareClaims(store);
    assert.deepEqual(
      wrongClaims(store).map(({ claimed, computed, isAccepted }) => [claimed, computed, isAccepted]),
      [[hash("lie"), hash("machine 1"), false]],
    );
    const died = { kind: "died", claimId: hash("id"), ...at(10n) } as const;
    recordBatch(store, undefined, { ...batch(10n), disputes: [died] });
    assert.deepEqual(wrongClaims(store), []);
    rollBack(store, 9n);
    assert.equal(wrongClaims(store).length, 1, "it lives again");
    const { kind: __, ...lie } = claim;
    const accepted = {
      kind: "accepted",
      epoch: 0n,
      claimId: lie.claimId,
      state: lie.state,
      ...at(11n),
    } as const;
    recordBatch(store, undefined, { ...batch(11n), disputes: [accepted] });
    compareClaims(store);
    assert.deepEqual(
      wrongClaims(store).map(({ isAccepted }) => isAccepted),
      [true],
    );
    rollBack(store, 7n);
    assert.deepEqual(wrongClaims(store), []);
    updateEpochs(store);
    assert.deepEqual(epochs(), [[0n, "OPEN", 0n, 1n, 7n]]);
    store.close();
    openStore(path()).close();
  });

  it("locks its folder for one node", () => {
    const lock = lockDirectory(join(folder, "locked"));
    assert.throws(() => lockDirectory(join(folder, "locked")), DataDirectoryLockedError);
    lock[Symbol.dispose]();
    lockDirectory(join(folder, "locked"))[Symbol.dispose]();
  });
});
