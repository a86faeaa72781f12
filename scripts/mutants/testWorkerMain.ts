import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import "hardhat";
import Mocha from "mocha";

// Runs test files of the project in the working directory one after another, each time from its sources. Packages stay loaded: most
// of a test's time goes into loading Hardhat.

export interface Answer {
  readonly failures: number;
  readonly memoryBytes: number;
}

const PROJECT = pathToFileURL(`${process.cwd()}/`).href;
const { timeout } = JSON.parse(readFileSync(".mocharc.json", "utf8")) as { timeout: number };
let runs = 0;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    const isOurs = resolved.url.startsWith(PROJECT) && !resolved.url.includes("/node_modules/");
    return isOurs ? { ...resolved, url: `${resolved.url.split("?")[0]}?run=${runs}` } : resolved;
  },
});

process.on("message", async (testFile: string) => {
  runs += 1;
  const failures = await countFailures(testFile).catch((error: unknown) => {
    console.log(error);
    return 1;
  });
  process.send!({ failures, memoryBytes: process.memoryUsage.rss() } satisfies Answer);
});
process.on("disconnect", () => process.exit());

async function countFailures(testFile: string): Promise<number> {
  const mocha = new Mocha({ bail: true, timeout, color: false });
  const path = join(process.cwd(), testFile);
  await import(pathToFileURL("test/seed.ts").href);
  mocha.suite.emit("pre-require", globalThis, path, mocha);
  await import(pathToFileURL(path).href);
  return new Promise((resolve) => {
    mocha.run((failures) => {
      mocha.dispose();
      resolve(failures);
    });
  });
}
