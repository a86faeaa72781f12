import { type Dirent, lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import * as tokens from "../../../nix/nar/narTokens.ts";
import { printPath } from "../printPath.ts";
import { UnsupportedFileError } from "../storeErrors.ts";
import { FileContents } from "./fileContents.ts";
import { NarChunk } from "./narChunk.ts";
import { errorBelow, unreadableError } from "./readErrors.ts";

/** More than the longest name and symlink target of a file system, with all tokens around them. */
const MAX_NODE_BYTES = 8 * 1024;
const SLASH = Buffer.from("/");

type Kind = Pick<Dirent, "isFile" | "isDirectory" | "isSymbolicLink">;

interface OpenFolder {
  readonly path: Buffer;
  readonly entries: readonly Dirent<Buffer>[];
  next: number;
}

/**
 * The NAR of what is at a path, in chunks. It reads synchronously: that is several times faster for small files, and each chunk is
 * the matter of milliseconds. Open folders are kept on a stack, so that depth costs no call stack.
 *
 * @param takeBuffer supplies the memory of the next chunk; it may be the same again when the last chunk is not needed any more.
 */
export function* narChunks(root: Buffer, takeBuffer: () => Buffer): Generator<Uint8Array, void, void> {
  const folders: OpenFolder[] = [];
  let file: FileContents | undefined;
  let chunk = new NarChunk(takeBuffer());

  function* nextChunk(): Generator<Uint8Array, void, void> {
    yield chunk.written();
    chunk = new NarChunk(takeBuffer());
  }

  /** Writes a symlink, or a file up to its contents, or a folder up to its entries. */
  function startNode(path: Buffer, kind: Kind): void {
    chunk.token(tokens.NODE_START);
    if (kind.isFile()) {
      file = new FileContents(path);
      chunk.token(tokens.REGULAR);
      if (file.executable) {
        chunk.token(tokens.EXECUTABLE);
      }
      chunk.token(tokens.CONTENTS);
      chunk.number(file.size);
    } else if (kind.isDirectory()) {
      chunk.token(tokens.DIRECTORY);
      folders.push({ path, entries: readFolder(path), next: 0 });
    } else if (kind.isSymbolicLink()) {
      chunk.token(tokens.SYMLINK);
      chunk.token(tokens.TARGET);
      chunk.string(readTarget(path));
      endNode();
    } else {
      throw new UnsupportedFileError(`${printPath(path)} is neither a file nor a folder nor a symlink`, {
        remedy: "remove it: no store path can hold sockets, pipes or devices",
      });
    }
  }

  function endNode(): void {
    chunk.token(tokens.CLOSE);
    if (folders.length > 0) {
      chunk.token(tokens.CLOSE); // of the entry that it is
    }
  }

  try {
    chunk.token(tokens.MAGIC);
    startNode(root, readRoot(root));
    for (;;) {
      if (file !== undefined) {
        while (!file.readInto(chunk)) {
          yield* nextChunk();
        }
      }
      if (chunk.room < MAX_NODE_BYTES) {
        yield* nextChunk();
      }
      if (file !== undefined) {
        chunk.padding(file.size);
        endNode();
        file.close();
        file = undefined;
      }
      const folder = folders.at(-1);
      if (folder === undefined) {
        break;
      }
      const entry = folder.entries[folder.next];
      if (entry === undefined) {
        folders.pop();
        endNode();
      } else {
        folder.next += 1;
        chunk.token(tokens.ENTRY);
        chunk.string(entry.name);
        chunk.token(tokens.ENTRY_NODE);
        startNode(Buffer.concat([folder.path, SLASH, entry.name]), entry);
      }
    }
    yield chunk.written();
  } finally {
    file?.close();
  }
}

function readRoot(path: Buffer): Stats {
  try {
    return lstatSync(path);
  } catch (error) {
    throw unreadableError(path, error);
  }
}

function readFolder(path: Buffer): Dirent<Buffer>[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true, encoding: "buffer" });
    return entries.sort((a, b) => Buffer.compare(a.name, b.name));
  } catch (error) {
    throw errorBelow(path, error);
  }
}

function readTarget(path: Buffer): Buffer {
  try {
    return readlinkSync(path, "buffer");
  } catch (error) {
    throw errorBelow(path, error);
  }
}
