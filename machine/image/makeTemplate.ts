import type { Hex } from "viem";
import { registryAddress } from "../../abi/index.ts";
import type { Progress } from "../../support/index.ts";
import { takeSnapshot } from "./boot/takeSnapshot.ts";
import { handlerJob } from "./handlerProgram/handlerJob.ts";
import { makeFilledDrive } from "./makeFilledDrive.ts";
import { makeManifest } from "./manifest/makeManifest.ts";
import type { Manifest } from "./manifest/manifest.ts";

/** A stored machine that is waiting for its first input. */
export interface Template {
  /** The folder that the emulator and the Cartesi node load. Never write to it. */
  readonly directory: string;
  /** The hash of the machine's whole state; an application contract names it. */
  readonly templateHash: Hex;
  readonly manifest: Manifest;
}

/**
 * Makes the template, or finds it in the cache: each stage is made again only when one of its inputs changed. With an
 * empty cache this takes about 10 minutes on two cores, half of them for the kernel.
 *
 * @throws {CartenixError} when a stage fails.
 */
export async function makeTemplate({ progress }: { progress: Progress }): Promise<Template> {
  const registry = registryAddress();
  const [parts, handler] = await Promise.all([makeFilledDrive({ progress }), handlerJob(registry)]);
  const { ram, filled } = parts;
  const snapshot = await takeSnapshot({ ram, rootDrive: filled.file, job: handler }, { progress });
  const manifest = await makeManifest({
    ...parts,
    handlerJob: handler,
    snapshot,
    registry,
  });
  return { directory: snapshot.directory, templateHash: snapshot.templateHash, manifest };
}
