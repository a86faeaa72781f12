import { execFile } from "node:child_process";
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { IndexerError } from "../indexerError.ts";
import { LOCK_FILE, lockFolder } from "./lockFolder.ts";
import { pgliteFolder } from "./pgliteFolder.ts";

const MARKER_FILE = "cartenix-indexer.json";
const MAKE_DATABASE = fileURLToPath(new URL("makeDatabase.ts", import.meta.url));
const SALVAGE = fileURLToPath(new URL("salvage.ts", import.meta.url));
const SALVAGE_TIMEOUT_MS = 120_000;

/** Where Postgres's `pg_control` holds the state of the cluster, and the state after a clean stop. */
const STATE_OFFSET = 16;
const SHUT_DOWN = 1;

/**
 * Makes a data folder ready for PGlite: a new one, one that was stopped cleanly, or one that PGlite can recover after a crash. Anything
 * else in a folder that is ours is deleted, since it can be made anew from the chains.
 *
 * @param schema of the index; a folder with another one is made anew.
 * @throws {IndexerError} when the folder is not ours, or another process uses it.
 */
export async function prepareFolder(
  directory: string,
  schema: string,
  log: (line: string) => void,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const marked = await readMarker(directory);
  using _ = lockFolder(directory);
  const reason = marked === undefined ? undefined : await whyUnusable(directory, marked, schema);
  if (reason !== undefined) {
    log(`the index in ${directory} is made anew: ${reason}`);
    await rm(pgliteFolder(directory), { recursive: true, force: true });
  }
  await writeMarker(directory, schema);
  if (reason !== undefined || marked === undefined) {
    await promisify(execFile)(process.execPath, [MAKE_DATABASE, pgliteFolder(directory)]);
  }
}

async function whyUnusable(directory: string, marked: string, schema: string): Promise<string | undefined> {
  if (marked !== schema) {
    return "it is of other chains or deployments, or of another version of the indexer";
  }
  const data = pgliteFolder(directory);
  const state = await readState(data);
  if (state === SHUT_DOWN) {
    return undefined;
  }
  if (state === undefined) {
    return "the last run ended before the database was made";
  }
  try {
    await promisify(execFile)(process.execPath, [SALVAGE, data, schema], { timeout: SALVAGE_TIMEOUT_MS });
    return undefined;
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    const cause = stderr?.match(/^.*error: .*$/im)?.[0] ?? String(error);
    return `the last run did not stop cleanly, and left a database that PGlite cannot read (${cause.slice(0, 200)})`;
  }
}

async function readState(data: string): Promise<number | undefined> {
  try {
    await using control = await open(join(data, "global", "pg_control"));
    const { buffer } = await control.read(Buffer.alloc(4), 0, 4, STATE_OFFSET);
    return buffer.readUInt32LE();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

/** The schema that a folder of ours was made for; undefined of an empty folder. */
async function readMarker(directory: string): Promise<string | undefined> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith(LOCK_FILE));
  if (names.length === 0) {
    return undefined;
  }
  const text = await readFile(join(directory, MARKER_FILE), "utf8").catch(() => undefined);
  const schema = text === undefined ? undefined : schemaIn(text);
  if (schema === undefined) {
    throw new IndexerError(`the data folder ${directory} is not empty, and no indexer made it`, {
      details: `it has no valid ${MARKER_FILE}, and ${names.slice(0, 3).join(", ")}`,
      remedy: "name a new or empty folder; the index is made anew from the chains",
    });
  }
  return schema;
}

function schemaIn(text: string): string | undefined {
  try {
    const { schema } = JSON.parse(text) as { schema?: unknown };
    return typeof schema === "string" ? schema : undefined;
  } catch {
    return undefined;
  }
}

async function writeMarker(directory: string, schema: string): Promise<void> {
  const marker = join(directory, MARKER_FILE);
  await writeFile(`${marker}.new`, `${JSON.stringify({ schema })}\n`);
  await rename(`${marker}.new`, marker);
}
