import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DebianError } from "../packagesErrors.ts";
import { parseControl } from "./parseControl.ts";

/** Where the host's package manager keeps its configuration. */
const APT_FOLDER = "/etc/apt";

/**
 * The root of the Debian archive that this host uses, without a trailing slash: `DEBIAN_MIRROR`, or the first archive
 * of Debian's own releases in the host's apt configuration.
 *
 * @throws {DebianError} when the host has neither.
 */
export async function findMirror(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const named = environment.DEBIAN_MIRROR;
  if (named) {
    if (!isWebAddress(named)) {
      throw new DebianError(`DEBIAN_MIRROR is not an http(s) address: ${named}`);
    }
    return withoutSlash(named);
  }
  const found = mirrorFromConfiguration(await readAptConfiguration(APT_FOLDER));
  if (found !== undefined) {
    return found;
  }
  throw new DebianError("this host's apt configuration names no Debian mirror", {
    remedy: "set DEBIAN_MIRROR to the address of a Debian archive (the folder that holds dists/ and pool/)",
  });
}

/** One file of apt's configuration; in deb822 format when its name ends in `.sources`, else in one-line format. */
export interface AptSource {
  readonly name: string;
  readonly text: string;
}

/**
 * The first archive of Debian's releases in apt's sources: one whose path ends in `/debian` and that serves the
 * component `main`. Security and third-party archives are skipped.
 */
export function mirrorFromConfiguration(sources: readonly AptSource[]): string | undefined {
  for (const source of sources) {
    const entries = source.name.endsWith(".sources") ? fromDeb822(source.text) : fromList(source.text);
    const found = entries.find((entry) => isDebianArchive(entry));
    if (found) {
      return withoutSlash(found.address);
    }
  }
  return undefined;
}

interface ArchiveEntry {
  readonly address: string;
  readonly components: readonly string[];
}

async function readAptConfiguration(folder: string): Promise<AptSource[]> {
  const parts = join(folder, "sources.list.d");
  const names = await readdir(parts).catch(() => []);
  const candidates = names.filter((name) => /\.(list|sources)$/.test(name)).toSorted();
  const files = [join(folder, "sources.list"), ...candidates.map((name) => join(parts, name))];
  const read = files.map(async (name) => ({ name, text: await readFile(name, "utf8").catch(() => "") }));
  return Promise.all(read);
}

function fromList(text: string): ArchiveEntry[] {
  const entry = /^\s*deb(?:-src)?\s+(?:\[[^\]]*\]\s+)?(\S+)\s+\S+\s*(.*)$/;
  return text.split("\n").flatMap((line) => {
    const [, address, components] = entry.exec(line.replace(/#.*/, "")) ?? [];
    return address === undefined ? [] : [{ address, components: wordsOf(components) }];
  });
}

function fromDeb822(text: string): ArchiveEntry[] {
  return [...parseControl(text)]
    .filter((paragraph) => paragraph.get("enabled")?.toLowerCase() !== "no")
    .flatMap((paragraph) => {
      const components = wordsOf(paragraph.get("components"));
      return wordsOf(paragraph.get("uris")).map((address) => ({ address, components }));
    });
}

function isDebianArchive({ address, components }: ArchiveEntry): boolean {
  return isWebAddress(address) && /\/debian\/?$/.test(address) && components.includes("main");
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, "");
}

function wordsOf(text: string | undefined): string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}
