import type { Progress } from "../../support/index.ts";
import { ramImage } from "./boot/ramImage.ts";
import { buildFirmware } from "./firmware/index.ts";
import { buildKernel } from "./kernel/index.ts";
import { buildRootfs } from "./rootfs/index.ts";
import { type FilledDrive, fillStore } from "./seed/fillStore.ts";
import { seedJob } from "./seed/index.ts";

/** What a machine boots from, and the stages that it was made from, as files on the host. */
export interface BootParts {
  readonly firmware: string;
  readonly kernel: string;
  /** The initial content of the RAM: firmware and kernel. */
  readonly ram: string;
  /** The root file system before the seed is built in it. */
  readonly rootDrive: string;
  readonly filled: FilledDrive;
}

/** Makes everything in the template that does not depend on the handler, or finds it in the cache. */
export async function makeFilledDrive({ progress }: { progress: Progress }): Promise<BootParts> {
  const [firmware, kernel, rootDrive, job] = await Promise.all([
    buildFirmware({ progress }),
    buildKernel({ progress }),
    buildRootfs({ progress }),
    seedJob({ progress }),
  ]);
  const ram = await ramImage(firmware, kernel);
  const filled = await fillStore({ ram, rootDrive, job }, { progress });
  return { firmware, kernel, ram, rootDrive, filled };
}
