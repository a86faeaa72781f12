import { readdir, readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { CartenixError, silentProgress, UsageError } from "../../support/index.ts";
import {
  type Archive,
  formatLock,
  LOCKS,
  type LockRequest,
  openArchive,
  resolveLock,
} from "../packages/index.ts";
import { pinBusybox } from "./seed/index.ts";

const help = `npm run template:lock [-- NAME…]

Pins again, from the Debian mirror's current state, what machine/packages/lock/requests/*.json ask for; all of them, or
the named ones (rootfs, toolbox, …). The mirror is DEBIAN_MIRROR, or the one in the host's apt configuration.`;

const requests = new URL("requests/", LOCKS);

async function refreshLocks(wanted: readonly string[]): Promise<void> {
  const known = (await readdir(requests)).map((file) => file.replace(/\.json$/, "")).toSorted();
  const stranger = wanted.find((name) => !known.includes(name));
  if (stranger) {
    throw new UsageError(`no lock is named ${stranger}`, { remedy: known.join(", ") });
  }
  const archives = new Map<string, Archive>();
  for (const name of wanted.length > 0 ? wanted : known) {
    const text = await readFile(new URL(`${name}.json`, requests), "utf8");
    const request = JSON.parse(text) as LockRequest;
    const archive = archives.get(request.suite) ?? (await openArchive(request.suite));
    archives.set(request.suite, archive);
    const lock = await resolveLock(request, archive);
    await writeFile(new URL(`${name}.json`, LOCKS), formatLock(lock));
    const size = lock.files.reduce((sum, file) => sum + file.size, 0);
    console.log(`${name}: ${lock.files.length} files, ${(size / 1e6).toFixed(1)} MB`);
  }
  await pinBusybox({ progress: silentProgress });
  for (const { suite, signed } of archives.values()) {
    const verdict = signed ? "checked" : "NOT checked: this host lacks gpgv or Debian's keyring";
    console.log(`signature of ${suite}'s release file: ${verdict}`);
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: "boolean", short: "h" } },
});
try {
  if (values.help) {
    console.log(help);
  } else {
    await refreshLocks(positionals);
  }
} catch (error) {
  if (!(error instanceof CartenixError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
