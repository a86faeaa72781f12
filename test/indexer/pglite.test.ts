import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { after, before, describe, it } from "mocha";
import { MAX_BATCH_ROWS, MAX_TRANSACTION_BYTES } from "../../indexer/pglite/batchBounds.ts";
import { PGlite } from "../../indexer/pglite/threadedPglite.ts";

const MAKE_DATABASE = fileURLToPath(new URL("../../indexer/folder/makeDatabase.ts", import.meta.url));

/** What Ponder reads at once, at most. */
const EVENTS = 506;

describe("PGlite in a thread", function () {
  this.timeout(120_000);
  let folder: string;
  let database: PGlite;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "cartenix-pglite-"));
    const dataDir = join(folder, "data");
    await promisify(execFile)(process.execPath, [MAKE_DATABASE, dataDir]);
    database = new PGlite({ dataDir });
    await database.exec("CREATE TABLE events (place int PRIMARY KEY, data text)");
  });

  after(async () => {
    await database?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const rowsOf = async (text: string, values?: unknown[]) =>
    ((await database.query(text, values)) as { rows: unknown[] }).rows;

  it("keeps and reads back batches of events that are all as large as a transaction can be", async () => {
    const data = "f".repeat(2 * MAX_TRANSACTION_BYTES);
    for (let first = 0; first < EVENTS; first += MAX_BATCH_ROWS) {
      const places = Array.from(
        { length: Math.min(MAX_BATCH_ROWS, EVENTS - first) },
        (_, place) => first + place,
      );
      await database.query(
        `INSERT INTO events VALUES ${places.map((_, at) => `($${2 * at + 1}, $${2 * at + 2})`).join(", ")}`,
        places.flatMap((place) => [place, data]),
      );
    }
    const rows = (await rowsOf("SELECT * FROM events ORDER BY place")) as { place: number; data: string }[];
    assert.deepEqual(
      rows.map(({ place }) => place),
      Array.from({ length: EVENTS }, (_, place) => place),
    );
    assert.ok(rows.every((row) => row.data === data));
    await database.exec("TRUNCATE events");
  });

  it("runs no other statement between those of a transaction, and undoes one that fails", async () => {
    const failed = database.transaction(async (transaction) => {
      await transaction.query("INSERT INTO events VALUES (1, 'undone')");
      await transaction.query("INSERT INTO events VALUES (1, 'again')");
    });
    const beside = rowsOf("SELECT count(*)::int AS count FROM events");
    await assert.rejects(failed, { code: "23505", message: /violates unique constraint "events_pkey"/ });
    assert.deepEqual(await beside, [{ count: 0 }]);
  });

  it("answers as PGlite does: rows as arrays, texts of dates, values of every kind, what is copied", async () => {
    const options = { rowMode: "array" as const, parsers: { 1082: () => "a date" } };
    const answer = await database.query(
      "SELECT $1::bigint, $2::bytea, $3::int[], DATE '2026-01-02', NULL",
      [2n ** 60n, Uint8Array.of(0, 255), [1, 2]],
      options,
    );
    const [row] = (answer as { rows: unknown[][] }).rows;
    assert.deepEqual(row, [2n ** 60n, Uint8Array.of(0, 255), [1, 2], "2026-01-02", null]);
    await database.transaction((transaction) =>
      transaction.query("COPY events FROM '/dev/blob'", [], { blob: new Blob(["7\tcopied"]) }),
    );
    assert.deepEqual(await rowsOf("SELECT * FROM events"), [{ place: 7, data: "copied" }]);
  });

  it("fails whatever is asked for where the folder cannot be one, or once it is closed", async () => {
    const unusable = new PGlite({ dataDir: join(folder, "missing", "folder") });
    await assert.rejects(unusable.query("SELECT 1"), /ENOENT/);
    await assert.rejects(unusable.query("SELECT 1"), /ENOENT/);
    const closed = new PGlite({ dataDir: join(folder, "other") });
    await closed.close();
    await assert.rejects(closed.query("SELECT 1"), /PGlite's thread has ended/);
  });
});
