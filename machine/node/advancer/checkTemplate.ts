import type { Hex } from "viem";
import {
  computeRootHash,
  digestOfVerified,
  type Emulator,
  folderDigest,
  recordVerified,
} from "../../emulator/index.ts";
import type { Log } from "../log/log.ts";
import { TemplateDamagedError } from "./machineErrors.ts";

export interface TemplateCheck {
  directory: string;
  rootHash: Hex;
  fingerprint: string;
  signal: AbortSignal;
  log: Log;
}

/**
 * Checks that a loaded template is what its root hash says, because the emulator trusts the stored hash tree. Unless this
 * computer made the template, the hash is computed from its memory once; afterwards only damage to the files is looked for.
 * The emulator's own check of a loaded tree does not suffice: it compares the pages with the tree's leaves, but neither the nodes
 * above nor the pages that it hashes anew with the stored cache.
 *
 * @param rootHash that the template should have.
 * @param fingerprint of the template's files before they were loaded.
 * @throws {TemplateDamagedError} when the tree does not match the files, or the files have changed.
 */
export async function checkTemplate(
  emulator: Emulator,
  { directory, rootHash, fingerprint, signal, log }: TemplateCheck,
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
      ? (await computeRootHash(directory, { signal })) === rootHash &&
        (await emulator.verifyHashTree()) &&
        (await recordVerified(directory, fingerprint))
      : digest === (await folderDigest(directory));
  if (!isIntact) {
    throw new TemplateDamagedError(directory);
  }
}
