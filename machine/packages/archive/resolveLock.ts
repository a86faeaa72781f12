import type { Lock, PinnedFile } from "../lock.ts";
import { DebianError, DebianFormatError } from "../packagesErrors.ts";
import type { Archive } from "./openArchive.ts";
import { parseSourceIndex } from "./packageIndex.ts";
import { resolveClosure } from "./resolveClosure.ts";

/** What a lock should pin: the content of a file in `machine/packages/lock/requests/`. */
export interface LockRequest {
  readonly suite: string;
  /** Debian's architecture of the binary packages; required with `packages`. */
  readonly architecture?: string;
  readonly packages?: readonly string[];
  /** Dependencies to leave out. */
  readonly without?: readonly string[];
  /** `false` pins the named packages alone, without what they depend on. */
  readonly closure?: boolean;
  /** Source packages whose upstream tarball to pin. */
  readonly sources?: readonly string[];
}

/**
 * Resolves a request against the archive's current state.
 *
 * @throws {DebianError} when a package is not in the archive.
 */
export async function resolveLock(request: LockRequest, archive: Archive): Promise<Lock> {
  const { architecture, packages = [], without = [], closure = true, sources = [] } = request;
  const files: PinnedFile[] = [];
  if (packages.length > 0) {
    if (architecture === undefined) {
      throw new DebianFormatError("a lock request with packages needs an architecture");
    }
    const index = await archive.packages(architecture);
    const alone = () => packages.map((name) => index.packages.get(name)?.file ?? missing(name));
    files.push(...(closure ? resolveClosure(index, { packages, without }) : alone()));
  }
  if (sources.length > 0) {
    const found = parseSourceIndex(await archive.sources(), sources);
    files.push(...sources.map((name) => found.get(name) ?? missing(name)));
  }
  return { suite: archive.suite, files };
}

function missing(name: string): never {
  throw new DebianError(`no package ${name} in the archive's index`);
}
