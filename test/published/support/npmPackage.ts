import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cachedFolder } from "../../../machine/packages/index.ts";

const run = promisify(execFile);

/** A package of the npm registry that only a test needs, pinned by its content. */
interface PinnedNpmPackage {
  readonly name: string;
  readonly version: string;
  /** As npm shows it: `npm view NAME@VERSION dist.integrity`. */
  readonly integrity: `sha512-${string}`;
}

/** Fetches a package from the registry that npm is configured for, once, and returns its folder in the cache. None of its scripts runs. */
export function npmPackage({ name, version, integrity }: PinnedNpmPackage): Promise<string> {
  return cachedFolder({
    name: "npm",
    inputs: { name, version, integrity },
    async make(folder) {
      const { stdout } = await run("npm", [
        ...["pack", `${name}@${version}`, "--ignore-scripts", "--silent", "--pack-destination", folder],
      ]);
      const archive = join(folder, stdout.trim());
      const digest = createHash("sha512")
        .update(await readFile(archive))
        .digest("base64");
      if (`sha512-${digest}` !== integrity) {
        throw new Error(
          `${name}@${version} has the integrity sha512-${digest} and not the pinned ${integrity}`,
        );
      }
      await run("tar", ["xzf", archive, "-C", folder, "--strip-components=1"]);
      await rm(archive);
    },
  });
}
