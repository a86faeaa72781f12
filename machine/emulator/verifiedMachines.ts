import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { cachePath } from "../../support/index.ts";
import { folderDigest } from "./folderDigest.ts";

/**
 * Which stored machines on this computer are what their root hash says: those that we stored ourselves, and those whose
 * whole hash tree was computed. Each has a record in a folder that only we can write. A record is named by its files'
 * fingerprint, so that it holds for these very files alone: not after a change, and not for a copy.
 */
const RECORDS_FOLDER = "verified-machines";

const GROUP_OR_OTHERS_WRITE = 0o022;

/**
 * Identifies the files of a folder by what the kernel keeps of them. A changed file has another time of change (`ctime`),
 * which no program can set.
 */
export async function fingerprintOf(folder: string): Promise<string> {
  const fingerprint = createHash("sha256");
  for (const name of (await readdir(folder)).sort()) {
    const { size, ino, mtimeNs, ctimeNs } = await stat(join(folder, name), { bigint: true });
    fingerprint.update(`${JSON.stringify(name)} ${size} ${ino} ${mtimeNs} ${ctimeNs}\n`);
  }
  return fingerprint.digest("hex");
}

/** The digest that a verified machine's files had; `undefined` when the machine is not known to be verified. */
export async function digestOfVerified(fingerprint: string): Promise<string | undefined> {
  if (!(await isPrivate(cachePath(RECORDS_FOLDER)))) {
    return undefined;
  }
  return (await readRecord(fingerprint))?.digest;
}

/**
 * Records that a stored machine is verified, and drops the records of machines that are gone.
 *
 * @returns whether it did: not if the folder's files are no longer those of the fingerprint.
 */
export async function recordVerified(folder: string, fingerprint: string): Promise<boolean> {
  const record: VerifiedMachine = { folder: resolve(folder), digest: await folderDigest(folder) };
  if ((await fingerprintOf(folder)) !== fingerprint) {
    return false;
  }
  const records = cachePath(RECORDS_FOLDER);
  await mkdir(records, { recursive: true, mode: 0o700 });
  const unfinished = join(records, `${fingerprint}.${randomUUID()}`);
  await writeFile(unfinished, JSON.stringify(record));
  await rename(unfinished, join(records, fingerprint));
  for (const name of await readdir(records)) {
    const known = await readRecord(name);
    if (known !== undefined && !existsSync(known.folder)) {
      await rm(join(records, name), { force: true });
    }
  }
  return true;
}

interface VerifiedMachine {
  /** Where it was when it was recorded. */
  folder: string;
  digest: string;
}

async function readRecord(fingerprint: string): Promise<VerifiedMachine | undefined> {
  try {
    return JSON.parse(await readFile(cachePath(RECORDS_FOLDER, fingerprint), "utf8")) as VerifiedMachine;
  } catch {
    return undefined;
  }
}

/** Whether a folder is ours, and nobody else can write to it. */
async function isPrivate(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  return found?.uid === process.geteuid?.() && ((found?.mode ?? 0) & GROUP_OR_OTHERS_WRITE) === 0;
}
