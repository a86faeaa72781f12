import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { CartenixError, exitWhenInterrupted, silentProgress, UsageError } from "../../support/index.ts";
import {
  type Archive,
  formatLock,
  LOCK_NAMES,
  LOCKS,
  type LockRequest,
  openArchive,
  resolveLock,
} from "../packages/index.ts";
import { pinBusybox } from "./seed/index.ts";

const HELP = `npm run template:lock [-- NAME…]

Pins the current versions of the packages in machine/packages/lock/requests/NAME.json; without a NAME, of all requests
(${LOCK_NAMES.join(", ")}). The Debian mirror is DEBIAN_MIRROR, or the one in the host's apt configuration.`;

const REQUESTS = new URL("requests/", LOCKS);

async function refreshLocks(wanted: readonly string[]): Promise<void> {
  const unknown = wanted.find((name) => !LOCK_NAMES.some((known) => known === name));
  if (unknown !== undefined) {
    throw new UsageError(`there is no lock named ${unknown}`, {
      remedy: `choose among ${LOCK_NAMES.join(", ")}`,
    });
  }
  const archives = new Map<string, Archive>();
  for (const name of wanted.length > 0 ? wanted : LOCK_NAMES) {
    const text = await readFile(new URL(`${name}.json`, REQUESTS), "utf8");
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
    const result = signed ? "checked" : "NOT checked, since this host lacks gpgv or Debian's keyring";
    console.log(`signature of the release file of ${suite}: ${result}`);
  }
}

exitWhenInterrupted();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: "boolean", short: "h" } },
});
try {
  if (values.help) {
    console.log(HELP);
  } else {
    await refreshLocks(positionals);
  }
} catch (error) {
  if (!(error instanceof CartenixError)) {
    throw error;
  }
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
