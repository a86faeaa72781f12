import { execFileSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cachedFolder } from "../../../machine/packages/index.ts";

const LOCKED = fileURLToPath(new URL("../hardhat2", import.meta.url));
const FILES = ["package.json", "package-lock.json"];

/** Installs Hardhat 2 as its lock pins it, once, and returns its folder in the cache. It is too large to install for each run. */
export async function hardhat2(): Promise<string> {
  const installed = await cachedFolder({
    name: "npm",
    inputs: FILES.map((file) => readFileSync(join(LOCKED, file), "utf8")),
    async make(folder) {
      for (const file of FILES) {
        cpSync(join(LOCKED, file), join(folder, file));
      }
      execFileSync("npm", ["ci", "--ignore-scripts", "--silent"], { cwd: folder });
    },
  });
  return join(installed, "node_modules/hardhat");
}
