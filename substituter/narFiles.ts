import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { formatBase32 } from "../nix/index.ts";
import type { AcceptedOutput } from "./acceptedOutput.ts";
import { WrongNarError } from "./substituterErrors.ts";

/** NARs on disk that were hashed before they got their names. */
export interface NarFiles {
  has(output: AcceptedOutput): Promise<boolean>;
  /** Keeps the NAR if its length and hash are the output's, and nothing otherwise. */
  add(output: AcceptedOutput, nar: AsyncIterable<Uint8Array>, from: string): Promise<void>;
  read(output: AcceptedOutput): AsyncIterable<Uint8Array>;
}

const PARTIAL = ".partial";

/**
 * Opens a folder of NARs.
 *
 * @param maxBytes When the files are longer than this together, those that were read least recently go.
 */
export async function openNarFiles(folder: string, { maxBytes }: { maxBytes: number }): Promise<NarFiles> {
  await mkdir(folder, { recursive: true });
  const left = (await readdir(folder)).filter((name) => name.endsWith(PARTIAL));
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
  const fileOf = ({ narHash }: AcceptedOutput) => join(folder, `${formatBase32(narHash)}.nar`);
  return {
    async has(output) {
      const found = await stat(fileOf(output)).catch(() => undefined);
      return found?.size === output.narSize;
    },
    async add(output, nar, from) {
      if (output.narSize > maxBytes) {
        throw new WrongNarError(
          `the NAR of ${output.storePath} has ${output.narSize} bytes, and at most ${maxBytes} are kept`,
        );
      }
      const partial = join(folder, `${randomUUID()}${PARTIAL}`);
      try {
        await writeChecked(partial, output, nar, from);
        await rename(partial, fileOf(output));
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
      await dropOldest(folder, maxBytes);
    },
    async *read(output) {
      const file = fileOf(output);
      const now = new Date();
      await utimes(file, now, now).catch(() => {});
      yield* createReadStream(file);
    },
  };
}

async function writeChecked(
  path: string,
  { storePath, narHash, narSize }: AcceptedOutput,
  nar: AsyncIterable<Uint8Array>,
  from: string,
): Promise<void> {
  const hash = createHash("sha256");
  let length = 0;
  const file = await open(path, "wx");
  try {
    for await (const piece of nar) {
      length += piece.length;
      if (length > narSize) {
        throw new WrongNarError(
          `the NAR of ${storePath} from ${from} is longer than the accepted ${narSize} bytes`,
        );
      }
      hash.update(piece);
      await file.write(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (length !== narSize || !hash.digest().equals(narHash)) {
    throw new WrongNarError(`the NAR of ${storePath} from ${from} is not the accepted one`, {
      details: `it has ${length} bytes, the accepted one has ${narSize}`,
    });
  }
}

async function dropOldest(folder: string, maxBytes: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".nar"));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      return { path, size: found?.size ?? 0, time: found?.mtimeMs ?? 0 };
    }),
  );
  let total = files.reduce((sum, { size }) => sum + size, 0);
  const [, ...older] = files.toSorted((a, b) => b.time - a.time);
  for (const { path, size } of older.toReversed()) {
    if (total <= maxBytes) {
      return;
    }
    await rm(path, { force: true });
    total -= size;
  }
}
