import { type PinnedFile, toPinnedFile } from "../lock.ts";
import { DebianFormatError } from "../packagesErrors.ts";
import { compareVersions } from "./compareVersions.ts";
import { type Paragraph, parseControl } from "./parseControl.ts";
import { parseRelations, type Relations } from "./parseRelations.ts";

/** A binary package as the index of its suite describes it. */
export interface IndexedPackage {
  readonly file: PinnedFile;
  readonly depends: Relations;
}

/** The newest version of every package of one suite and architecture, and the providers of virtual packages. */
export interface PackageIndex {
  readonly packages: ReadonlyMap<string, IndexedPackage>;
  readonly providers: ReadonlyMap<string, readonly string[]>;
}

/**
 * Parses a `Packages` index.
 *
 * @throws {DebianFormatError} on an entry that lacks a field or whose path leaves the pool.
 */
export function parsePackageIndex(text: string): PackageIndex {
  const packages = new Map<string, IndexedPackage>();
  const providers = new Map<string, string[]>();
  for (const paragraph of parseControl(text)) {
    const file = toPinnedFile({
      name: fieldOf(paragraph, "package"),
      version: fieldOf(paragraph, "version"),
      architecture: fieldOf(paragraph, "architecture"),
      path: fieldOf(paragraph, "filename"),
      sha256: fieldOf(paragraph, "sha256"),
      size: Number(fieldOf(paragraph, "size")),
    });
    const known = packages.get(file.name);
    if (known && compareVersions(known.file.version, file.version) >= 0) {
      continue;
    }
    const depends = [
      ...parseRelations(paragraph.get("pre-depends")),
      ...parseRelations(paragraph.get("depends")),
    ];
    packages.set(file.name, { file, depends });
    for (const [virtual] of parseRelations(paragraph.get("provides"))) {
      if (virtual === undefined) {
        continue;
      }
      const names = providers.get(virtual) ?? [];
      if (!names.includes(file.name)) {
        providers.set(virtual, [...names, file.name]);
      }
    }
  }
  return { packages, providers };
}

/**
 * Parses a `Sources` index for the upstream tarball (`*.orig.tar.*`) of the newest version of each named package.
 *
 * @throws {DebianFormatError} on an entry that lacks a field, or has no such tarball.
 */
export function parseSourceIndex(text: string, names: readonly string[]): ReadonlyMap<string, PinnedFile> {
  const wanted = new Set(names);
  const found = new Map<string, PinnedFile>();
  for (const paragraph of parseControl(text)) {
    const name = fieldOf(paragraph, "package");
    if (!wanted.has(name)) {
      continue;
    }
    const version = fieldOf(paragraph, "version");
    const known = found.get(name);
    if (known && compareVersions(known.version, version) >= 0) {
      continue;
    }
    const original = fieldOf(paragraph, "checksums-sha256")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .find(([, , file]) => file !== undefined && /\.orig\.tar\.[a-z0-9]+$/.test(file));
    if (!original) {
      throw new DebianFormatError(`source package ${name} has no upstream tarball`);
    }
    const [sha256 = "", size = "", file = ""] = original;
    const path = `${fieldOf(paragraph, "directory")}/${file}`;
    found.set(
      name,
      toPinnedFile({ name, version, architecture: "source", path, sha256, size: Number(size) }),
    );
  }
  return found;
}

function fieldOf(paragraph: Paragraph, name: string): string {
  const value = paragraph.get(name);
  if (value === undefined || value === "") {
    const subject = JSON.stringify((paragraph.get("package") ?? "").slice(0, 80));
    throw new DebianFormatError(`the index entry of ${subject} has no field ${name}`);
  }
  return value;
}
