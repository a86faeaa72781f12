import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  futimesSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  type Stats,
  symlinkSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { DebianFormatError } from "../packagesErrors.ts";
import type { TarEntry } from "./decodeTar.ts";

/** How many links the way to one place may lead through, as in the kernel. */
const MAX_LINKS = 40;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes an entry of a package below a root folder, and nothing outside it: links on the way are followed as if the folder
 * were the file system's root. It does all of it at once, so that no other package can replace a folder by a link in between.
 *
 * Existing files are replaced; existing folders, and links to them, are kept.
 *
 * @returns the folder whose mode must be set when all is written, if the entry is one.
 * @throws {DebianFormatError} when the way there leads out of the root, or something that it cannot replace is in its place.
 */
export function writeEntry(root: string, entry: TarEntry): string | undefined {
  const { path, kind } = entry;
  if (kind === "directory") {
    return resolveFolder(root, path);
  }
  const place = placeOf(root, path);
  if (statOf(place)?.isDirectory()) {
    throw new DebianFormatError(`a folder is in the place of ${JSON.stringify(path)}`);
  }
  const replace = () => statOf(place) && unlinkSync(place);
  switch (kind) {
    case "file":
      replace();
      writeFile(place, entry);
      return undefined;
    case "symlink":
      replace();
      symlinkSync(entry.target, place);
      return undefined;
    case "link": {
      const target = placeOf(root, entry.target);
      if (!statOf(target)?.isFile() || target === place) {
        throw new DebianFormatError(
          `${JSON.stringify(path)} is a link to ${JSON.stringify(entry.target)}, which is not a file`,
        );
      }
      replace();
      linkSync(target, place);
      return undefined;
    }
    default:
      return entry satisfies never;
  }
}

/** Sets the modes of folders, innermost first, since a mode can forbid us to reach what is inside. */
export function setModes(folders: ReadonlyMap<string, number>): void {
  for (const [folder, mode] of [...folders].sort(([a], [b]) => b.length - a.length)) {
    chmodSync(folder, mode);
  }
}

function writeFile(place: string, { content, mode, modified }: TarEntry & { kind: "file" }): void {
  const file = openSync(place, NEW_FILE, 0o600);
  try {
    for (let written = 0; written < content.length; ) {
      written += writeSync(file, content, written);
    }
    fchmodSync(file, mode);
    futimesSync(file, modified, modified);
  } finally {
    closeSync(file);
  }
}

/** Where a path below the root is, with all links on the way to it resolved; makes the folders that are missing. */
function placeOf(root: string, path: string): string {
  const slash = path.lastIndexOf("/");
  return join(resolveFolder(root, path.slice(0, Math.max(slash, 0))), path.slice(slash + 1));
}

function resolveFolder(root: string, path: string): string {
  const rest = path.split("/");
  let place = root;
  let links = 0;
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === "" || name === ".") {
      continue;
    }
    if (name === "..") {
      if (place === root) {
        throw new DebianFormatError(`${JSON.stringify(path)} leads out of the root`);
      }
      place = join(place, "..");
      continue;
    }
    const next = join(place, name);
    const found = statOf(next);
    if (found === undefined) {
      mkdirSync(next, 0o755);
      place = next;
    } else if (found.isDirectory()) {
      place = next;
    } else if (found.isSymbolicLink() && ++links <= MAX_LINKS) {
      const target = readlinkSync(next);
      rest.unshift(...target.split("/"));
      place = target.startsWith("/") ? root : place;
    } else {
      throw new DebianFormatError(`${JSON.stringify(path)} leads through a file, or too many links`);
    }
  }
  return place;
}

function statOf(place: string): Stats | undefined {
  return lstatSync(place, { throwIfNoEntry: false });
}
