import { readdir, readFile, writeFile } from "node:fs/promises";
import { type ArchiveCache, type LockRequest, printLock, refreshLock } from "./debian/index.ts";

const locks = new URL("lock/", import.meta.url);
const requests = new URL("requests/", locks);

/** Pins again, from the mirror's current state, what `lock/requests/*.json` ask for; all of them or the named ones. */
async function refreshLocks(wanted: readonly string[]): Promise<void> {
  const archives: ArchiveCache = new Map();
  const names = (await readdir(requests)).filter((name) => name.endsWith(".json")).toSorted();
  for (const name of names) {
    if (wanted.length > 0 && !wanted.includes(name.replace(/\.json$/, ""))) continue;
    const request = JSON.parse(await readFile(new URL(name, requests), "utf8")) as LockRequest;
    const lock = await refreshLock(request, archives);
    await writeFile(new URL(name, locks), printLock(lock));
    const size = lock.files.reduce((sum, file) => sum + file.size, 0);
    console.log(`${name}: ${lock.files.length} files, ${(size / 1e6).toFixed(1)} MB`);
  }
}

await refreshLocks(process.argv.slice(2));
