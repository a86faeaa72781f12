import { readFile, writeFile } from "node:fs/promises";
import { digestFileOf, type Emulator, folderDigest } from "../../emulator/index.ts";
import type { Log } from "../log/log.ts";
import { TemplateDamagedError } from "./machineErrors.ts";

/**
 * Makes sure that the files of a template are as they were written: the emulator believes the hash tree that it finds
 * beside the memory. Their digest lies beside the folder since it was made; where it does not, the whole tree is
 * computed once from the loaded machine, and the digest remembered in a file of ours.
 *
 * @throws TemplateDamagedError
 */
export async function checkTemplate(
  emulator: Emulator,
  { directory, remembered, log }: { directory: string; remembered: string; log: Log },
): Promise<void> {
  const expected = (await readDigest(digestFileOf(directory))) ?? (await readDigest(remembered));
  const found = await folderDigest(directory);
  if (expected === found) {
    return;
  }
  if (expected !== undefined) {
    throw new TemplateDamagedError(directory);
  }
  log.info({ template: directory }, "checking the whole template, once; a large one takes minutes");
  if (!(await emulator.verifyHashTree())) {
    throw new TemplateDamagedError(directory);
  }
  await writeFile(remembered, found);
}

function readDigest(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
}
