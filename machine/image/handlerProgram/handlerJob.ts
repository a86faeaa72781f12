import { cp } from "node:fs/promises";
import type { Hex } from "viem";
import { cachedFolder, describeFiles, makeScratchFolder } from "../../packages/index.ts";
import { buildHandlerProgram } from "./buildHandlerProgram.ts";

/**
 * The content of the handler's job drive, as a folder in the cache. The program is built every time, which takes a
 * moment, and its files name the folder, so that no list of the handler's sources is needed.
 */
export async function handlerJob(registry: Hex): Promise<string> {
  await using bundle = makeScratchFolder("handler");
  await buildHandlerProgram(bundle.path, { registry });
  return await cachedFolder({
    name: "handler",
    inputs: await describeFiles(bundle.path, ["."]),
    make: (target) => cp(bundle.path, target, { recursive: true }),
  });
}
