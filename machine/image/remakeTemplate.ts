import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { cachePath, type Progress } from "../../support/index.ts";
import { withProcessLock } from "../packages/index.ts";
import { makeTemplate, type Template } from "./makeTemplate.ts";
import { manifestDigest } from "./manifest/manifest.ts";

/** What the second cache shares with the first: downloads, tools, and the kernel, which takes minutes to compile. */
const SHARED_FOLDERS = ["debs", "emulator", "emulator-libraries", "kernel", "toolbox"];

/**
 * Makes all stages of a template again in a second cache, except downloads, tools and the kernel. The second cache is
 * deleted.
 *
 * @returns whether the result is the same.
 */
export async function remakeTemplate(
  template: Template,
  { progress }: { progress: Progress },
): Promise<boolean> {
  const first = cachePath();
  const second = join(first, "again");
  return withProcessLock(
    second,
    () => {},
    async () => {
      const saved = process.env.CARTENIX_CACHE;
      await rm(second, { recursive: true, force: true });
      await mkdir(second);
      try {
        for (const name of SHARED_FOLDERS) {
          await symlink(join(first, name), join(second, name));
        }
        process.env.CARTENIX_CACHE = second;
        const again = await makeTemplate({ progress });
        return manifestDigest(again.manifest) === manifestDigest(template.manifest);
      } finally {
        if (saved === undefined) {
          delete process.env.CARTENIX_CACHE;
        } else {
          process.env.CARTENIX_CACHE = saved;
        }
        await rm(second, { recursive: true, force: true });
      }
    },
  );
}
