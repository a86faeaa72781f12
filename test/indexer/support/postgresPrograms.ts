import { chmod, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  cachedFolder,
  fetchPinned,
  hostPackages,
  readLock,
  unpackDebs,
} from "../../../machine/packages/index.ts";
import { createProgress } from "../../../support/index.ts";

const LAYOUT = 1;
const EXCLUDED = ["./usr/share/doc/*", "./usr/share/man/*", "./usr/share/locale/*", "./usr/lib/*/bitcode/*"];
const BIN = "usr/lib/postgresql/17/bin";

/** The folder of Debian's Postgres, whose programs run with Debian's libraries whatever the host has. */
export async function postgresPrograms(): Promise<string> {
  const { postgresLock, libraryFolder, loader } = hostPackages();
  const progress = createProgress();
  const lock = await readLock(postgresLock);
  const root = await cachedFolder({
    name: "postgres",
    progress,
    inputs: { layout: LAYOUT, files: lock.files.map(({ name, sha256 }) => [name, sha256]) },
    make: async (root) => {
      const fetched = await fetchPinned(lock.files, { progress, name: "Postgres" });
      await unpackDebs(fetched, root, { without: EXCLUDED });
      const libraries = join("usr/lib", libraryFolder);
      for (const program of ["initdb", "postgres"]) {
        await wrapProgram(join(root, BIN, program), { libraries, loader });
      }
    },
  });
  return join(root, BIN);
}

/** Puts a script in a program's place: the programs call each other by name, and look for their files beside their own. */
async function wrapProgram(
  program: string,
  { libraries, loader }: { libraries: string; loader: string },
): Promise<void> {
  const up = BIN.replaceAll(/[^/]+/g, "..");
  const script = `#!/bin/sh
libraries=\${0%/*}/${up}/${libraries}
exec "$libraries/${loader}" --argv0 "$0" --library-path "$libraries" "$0.program" "$@"
`;
  await rename(program, `${program}.program`);
  await writeFile(program, script);
  await chmod(program, 0o755);
}
