import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cachedFolder, stageInput } from "../../packages/index.ts";
import { TemplateError } from "../templateError.ts";

/** Where the firmware expects the kernel, counted from the RAM's start. */
const kernelOffset = 2 * 1024 * 1024;
const pageSize = 4096;

/** Puts firmware and kernel where they lie in RAM; returns the path of the image in the cache. */
export async function ramImage(firmware: string, kernel: string): Promise<string> {
  const folder = await cachedFolder({
    name: "ram",
    inputs: { firmware: stageInput(firmware), kernel: stageInput(kernel), kernelOffset },
    make: async (target) => {
      const [first, second] = [await readFile(firmware), await readFile(kernel)];
      if (first.length > kernelOffset) {
        throw new TemplateError("the firmware reaches into the kernel's place");
      }
      const image = Buffer.alloc(Math.ceil((kernelOffset + second.length) / pageSize) * pageSize);
      first.copy(image, 0);
      second.copy(image, kernelOffset);
      await writeFile(join(target, "ram.bin"), image);
    },
  });
  return join(folder, "ram.bin");
}
