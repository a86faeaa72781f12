import { readFile, writeFile } from "node:fs/promises";
import { digestFileOf, type Emulator, folderDigest } from "../../emulator/index.ts";
import type { Log } from "../log/log.ts";
import { TemplateDamagedError } from "./machineErrors.ts";

/**
 * Checks that the files of a template have not changed since they were written, because the emulator trusts the stored
 * hash tree. The digest of the files is stored next to the folder when the template is made; if it is missing, the whole
 * tree is computed once from the loaded machine, and the digest is stored in `digestFile`.
 *
 * @throws {TemplateDamagedError} when the files have changed.
 */
export async function checkTemplate(
  emulator: Emulator,
  { directory, digestFile, log }: { directory: string; digestFile: string; log: Log },
): Promise<void> {
  const expected = (await readDigest(digestFileOf(directory))) ?? (await readDigest(digestFile));
  const found = await folderDigest(directory);
  if (expected === found) {
    return;
  }
  if (expected !== undefined) {
    throw new TemplateDamagedError(directory);
  }
  log.info({ template: directory }, "checking the whole template, once; this can take minutes");
  if (!(await emulator.verifyHashTree())) {
    throw new TemplateDamagedError(directory);
  }
  await writeFile(digestFile, found);
}

function readDigest(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
}
