import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { IndexerError } from "../indexerError.ts";

const FILE = "webhooks.json";

const content = z.object({ cursors: z.record(z.string()) }).strict();

/** How far each webhook has been told of each chain, kept in a file. */
export interface Cursors {
  get(name: string): string | undefined;
  /** Returns when the file has it. */
  set(name: string, cursor: string): void;
}

/**
 * Opens the file in a folder, which is made if it is missing.
 *
 * @throws {IndexerError} when the file is not one that this wrote.
 */
export function openCursors(directory: string): Cursors {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, FILE);
  const cursors = new Map(Object.entries(readCursors(file)));
  return {
    get: (name) => cursors.get(name),
    set: (name, cursor) => {
      cursors.set(name, cursor);
      // whole before it has its name, so that a crash leaves the old one
      writeFileSync(`${file}.part`, JSON.stringify({ cursors: Object.fromEntries(cursors) }), {
        flush: true,
      });
      renameSync(`${file}.part`, file);
    },
  };
}

function readCursors(file: string): Record<string, string> {
  try {
    return content.parse(JSON.parse(readFileSync(file, "utf8"))).cursors;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") {
      return {};
    }
    throw new IndexerError(`${file} does not say how far webhooks have been told`, {
      details: (error as Error).message,
      remedy: "restore it, or remove it: webhooks then begin with what is recorded from now on",
    });
  }
}
