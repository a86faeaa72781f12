import { appendFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A process of its own, since PGlite keeps its memory. Its argument is the folder in which it makes a database for an indexer. */
const folder = process.argv[2]!;

/**
 * By default PGlite waits for the disk at each commit, which takes longer than all else when a chain is read. Without that, a computer that
 * loses power may leave a folder that is unusable, and is made anew.
 */
const SETTINGS = `
wal_sync_method = fdatasync
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 512MB
`;

const ponder = createRequire(fileURLToPath(import.meta.resolve("ponder")));
const { PGlite } = ponder("@electric-sql/pglite") as {
  PGlite: { create(folder: string): Promise<{ close(): Promise<void> }> };
};

const database = await PGlite.create(folder);
await database.close();
await appendFile(join(folder, "postgresql.conf"), SETTINGS);
