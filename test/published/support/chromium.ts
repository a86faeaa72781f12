import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { cachedFolder } from "../../../machine/packages/index.ts";
import { npmPackage } from "./npmPackage.ts";

const CHROMIUM = {
  name: "@sparticuz/chromium",
  version: "153.0.0",
  integrity:
    "sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==",
} as const;

/** A page and what it may fetch, by path. */
export type Site = Readonly<
  Record<`/${string}`, { readonly type: string; readonly body: string | Uint8Array }>
>;

/** Opens `/` of a site in Chromium, and returns what the page posts to `/result`. */
export async function resultOfPage(site: Site): Promise<unknown> {
  const chromium = await unpackedChromium();
  const profile = mkdtempSync(join(tmpdir(), "cartenix-chromium-"));
  const result = Promise.withResolvers<string>();
  const server = createServer(async (request, response) => {
    const file = site[request.url as `/${string}`];
    if (request.method === "POST") {
      result.resolve(await text(request));
    } else if (file !== undefined) {
      response.setHeader("content-type", file.type).write(file.body);
    } else {
      response.statusCode = 404;
    }
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const browser = spawn(
    join(chromium, "chromium"),
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      `--user-data-dir=${profile}`,
      `http://127.0.0.1:${port}/`,
    ],
    {
      stdio: "ignore",
      // a group of its own, which its many processes end with
      detached: true,
      env: { ...process.env, LD_LIBRARY_PATH: join(chromium, "lib") },
    },
  );
  browser.once("error", result.reject);
  browser.once("exit", (code) => result.reject(new Error(`Chromium ended with ${code}`)));
  try {
    return JSON.parse(await result.promise);
  } finally {
    await end(browser);
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function end(browser: ChildProcess): Promise<void> {
  if (browser.pid !== undefined && browser.exitCode === null) {
    const exited = once(browser, "exit");
    process.kill(-browser.pid, "SIGKILL");
    await exited;
  }
}

/** Chromium and the libraries that not every computer has. */
async function unpackedChromium(): Promise<string> {
  const packed = await npmPackage(CHROMIUM);
  return cachedFolder({
    name: "chromium",
    inputs: CHROMIUM,
    async make(folder) {
      const decompress = (file: string, target: string, mode: number) =>
        pipeline(
          createReadStream(join(packed, "bin", file)),
          createBrotliDecompress(),
          createWriteStream(join(folder, target), { mode }),
        );
      await decompress("chromium.br", "chromium", 0o755);
      await decompress("al2023.tar.br", "libraries.tar", 0o644);
      execFileSync("tar", ["xf", "libraries.tar"], { cwd: folder });
      await rm(join(folder, "libraries.tar"));
    },
  });
}
