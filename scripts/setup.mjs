// The one file that runs before anything is installed: plain JavaScript for any Node from 20 on, no dependencies.
// Brings node_modules in line with package-lock.json, so that every npm script works in a fresh clone.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

const packagesOf = (file) => {
  try {
    return JSON.parse(readFileSync(`${root}${file}`, "utf8")).packages;
  } catch {
    return undefined;
  }
};

const isInstalled = () => {
  const installed = packagesOf("node_modules/.package-lock.json");
  if (!installed) {
    return false;
  }
  return Object.entries(packagesOf("package-lock.json")).every(
    ([path, { version, optional }]) =>
      path === "" || installed[path]?.version === version || (optional && !installed[path]),
  );
};

if (!isInstalled()) {
  console.error("· installing npm packages (about a minute)");
  const startedAt = performance.now();
  const { status } = spawnSync("npm", ["ci", "--loglevel=error"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) {
    console.error(
      "✗ npm ci failed, see its output above\n  what to do: check the network and the npm registry, then try again",
    );
    process.exit(1);
  }
  console.error(`✓ npm packages installed (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
}
