import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { DebianError } from "../packagesErrors.ts";
import { findMirror } from "./findMirror.ts";
import { type PackageIndex, parsePackageIndex } from "./packageIndex.ts";
import { parseControl } from "./parseControl.ts";
import { verifyRelease } from "./verifyRelease.ts";

/** One release of Debian on a mirror. Its indexes are checked against the sums in the release file. */
export interface Archive {
  readonly suite: string;
  /** Whether Debian's signature was checked; false on a host without `gpgv` or Debian's keys. */
  readonly signed: boolean;
  packages(architecture: string): Promise<PackageIndex>;
  /** The text of the index of source packages. */
  sources(): Promise<string>;
}

const MAX_INDEX_BYTES = 400 * 1024 * 1024;
const DOWNLOAD_TIMEOUT_MS = 300_000;

/**
 * Opens the component `main` of a suite on the host's mirror.
 *
 * @throws {DebianError} when the mirror does not answer, or serves something that Debian did not sign.
 */
export async function openArchive(suite: string): Promise<Archive> {
  const root = `${await findMirror()}/dists/${suite}`;
  const { text: release, signed } = await verifyRelease(await download(`${root}/InRelease`));
  const sums = parseReleaseSums(release);
  const index = async (name: string): Promise<string> => {
    const expected = sums.get(name);
    if (expected === undefined) {
      throw new DebianError(`the release file of ${suite} does not list ${name}`);
    }
    const compressed = await download(`${root}/${name}`);
    const digest = createHash("sha256").update(compressed).digest("hex");
    if (digest !== expected) {
      throw new DebianError(`the mirror's index ${name} does not match its release file`, {
        details: `sha256 ${digest}, expected ${expected}`,
        remedy: "try again in a few minutes: the mirror may be in the middle of an update",
      });
    }
    const text = await promisify(gunzip)(compressed, { maxOutputLength: MAX_INDEX_BYTES });
    return text.toString("utf8");
  };
  const opened = new Map<string, Promise<PackageIndex>>();
  const open = async (architecture: string) =>
    parsePackageIndex(await index(`main/binary-${architecture}/Packages.gz`));
  return {
    suite,
    signed,
    packages: (architecture) => {
      const known = opened.get(architecture) ?? open(architecture);
      opened.set(architecture, known);
      return known;
    },
    sources: () => index("main/source/Sources.gz"),
  };
}

/** The sha256 of every index that a release file lists, by the index's path. */
function parseReleaseSums(release: string): ReadonlyMap<string, string> {
  const [paragraph] = parseControl(release);
  const lines = (paragraph?.get("sha256") ?? "").split("\n").map((line) => line.trim().split(/\s+/));
  return new Map(
    lines.flatMap(([sha256, , name]) =>
      sha256 !== undefined && name !== undefined && /^[0-9a-f]{64}$/.test(sha256)
        ? [[name, sha256] as const]
        : [],
    ),
  );
}

async function download(address: string): Promise<Buffer> {
  const response = await fetch(address, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) }).catch(
    (error: unknown) => {
      throw new DebianError("the Debian mirror does not answer", {
        details: `${address}: ${String(error)}`,
        cause: error,
      });
    },
  );
  if (!response.ok) {
    throw new DebianError(`the mirror has no ${address}`, {
      details: `HTTP status ${response.status}`,
    });
  }
  return Buffer.from(await response.arrayBuffer());
}
