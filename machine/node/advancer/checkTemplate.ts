import { digestOfVerified, type Emulator, folderDigest, recordVerified } from "../../emulator/index.ts";
import type { Log } from "../log/log.ts";
import { TemplateDamagedError } from "./machineErrors.ts";

/**
 * Checks that a loaded template is what its root hash says, because the emulator trusts the stored hash tree. The whole
 * tree is computed once, unless this computer made the template; afterwards only damage to the files is looked for.
 *
 * @param fingerprint of the template's files before they were loaded.
 * @throws {TemplateDamagedError} when the tree does not match the files, or the files have changed.
 */
export async function checkTemplate(
  emulator: Emulator,
  { directory, fingerprint, log }: { directory: string; fingerprint: string; log: Log },
): Promise<void> {
  const digest = await digestOfVerified(fingerprint);
  if (digest === undefined) {
    log.info(
      { template: directory },
      "computing the whole template's hash, once, since it was not made here: this takes minutes",
    );
  }
  const isIntact =
    digest === undefined
      ? (await emulator.verifyHashTree()) && (await recordVerified(directory, fingerprint))
      : digest === (await folderDigest(directory));
  if (!isIntact) {
    throw new TemplateDamagedError(directory);
  }
}
