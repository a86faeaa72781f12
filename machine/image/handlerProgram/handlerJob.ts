import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hex } from "viem";
import { cachedFolder, describeFiles } from "../../packages/index.ts";
import { buildHandlerProgram } from "./buildHandlerProgram.ts";

/**
 * The content of the handler's job drive, as a folder in the cache. The program is built every time, which takes a
 * moment, and its files name the folder, so that no list of the handler's sources is needed.
 */
export async function handlerJob(registry: Hex): Promise<string> {
  const bundle = await mkdtemp(join(tmpdir(), "cartenix-handler-"));
  try {
    await buildHandlerProgram(bundle, { registry });
    return await cachedFolder({
      name: "handler",
      inputs: await describeFiles(bundle, ["."]),
      make: (target) => cp(bundle, target, { recursive: true }),
    });
  } finally {
    await rm(bundle, { recursive: true, force: true });
  }
}
