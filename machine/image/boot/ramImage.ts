import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cachedFolder, stageInput } from "../../packages/index.ts";
import { TemplateError } from "../imageErrors.ts";

/** Where the firmware expects the kernel, from the start of the RAM. */
const KERNEL_OFFSET_BYTES = 2 * 1024 * 1024;
const PAGE_BYTES = 4096;

/**
 * Makes the initial content of the RAM from firmware and kernel; returns the image's path in the cache.
 *
 * @throws {TemplateError} when the firmware is too large.
 */
export async function ramImage(firmware: string, kernel: string): Promise<string> {
  const folder = await cachedFolder({
    name: "ram",
    inputs: { firmware: stageInput(firmware), kernel: stageInput(kernel), kernelOffset: KERNEL_OFFSET_BYTES },
    make: async (target) => {
      const [first, second] = [await readFile(firmware), await readFile(kernel)];
      if (first.length > KERNEL_OFFSET_BYTES) {
        throw new TemplateError(
          `the firmware has ${first.length} bytes, the kernel starts at byte ${KERNEL_OFFSET_BYTES}`,
          {
            remedy: "disable what it does not need in machine/image/firmware/cartesi/configs/defconfig",
          },
        );
      }
      const image = Buffer.alloc(Math.ceil((KERNEL_OFFSET_BYTES + second.length) / PAGE_BYTES) * PAGE_BYTES);
      first.copy(image, 0);
      second.copy(image, KERNEL_OFFSET_BYTES);
      await writeFile(join(target, "ram.bin"), image);
    },
  });
  return join(folder, "ram.bin");
}
