import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { type MachineAt, missingPaths, streamNar } from "../client/index.ts";
import { formatSha256Sri, STORE_DIR } from "../nix/index.ts";
import { CartenixError } from "../support/index.ts";
import { cacheNars } from "./sources/cacheNars.ts";
import { narInfosOf } from "./sources/narInfosOf.ts";
import { SourceError, WrongNarError } from "./substituterErrors.ts";

export interface DownloadParameters {
  storePath: string;
  /** The accepted hash, `sha256-…`. */
  narHash: string;
  /** Addresses of binary caches, asked in this order. */
  caches: readonly string[];
  /** A machine whose store may have it, asked after them. */
  machine?: MachineAt | undefined;
  signal: AbortSignal;
  /** Is told from where bytes come, and how many there are so far. */
  onBytes?: (from: string, bytes: number) => void;
}

export interface Downloaded {
  readonly from: string;
  readonly narSize: number;
}

interface Source {
  readonly from: string;
  /** Its NAR: `undefined` if it has none. */
  find(): Promise<{ nar: AsyncIterable<Uint8Array>; maxBytes: number } | undefined>;
}

const FIND_TIMEOUT_MS = 30_000;
/** More than a node needs to say whether one path is missing. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** More than the NAR of an output that a machine builds can have. */
const MAX_MACHINE_NAR_BYTES = 1024 ** 3;

/**
 * Downloads the NAR that is accepted for a store path. Sources that do not work, or have another, are passed over.
 *
 * @param file is written anew. Only if this function returns does it hold the accepted NAR.
 * @throws {WrongNarError} when there are only others.
 * @throws {SourceError} when no source has it.
 * @throws the file system's error when the file cannot be written.
 */
export async function downloadAccepted(file: string, parameters: DownloadParameters): Promise<Downloaded> {
  const { storePath, narHash, caches, machine, signal, onBytes } = parameters;
  const wanted: Wanted = {
    ...{ storePath, narHash, signal },
    within: () => AbortSignal.any([signal, AbortSignal.timeout(FIND_TIMEOUT_MS)]),
  };
  const sources = [
    ...caches.map((url) => cacheSource(url, wanted)),
    ...(machine ? [machineSource(machine, wanted)] : []),
  ];
  const problems: CartenixError[] = [];
  for (const { from, find } of sources) {
    try {
      const found = await find();
      if (found !== undefined) {
        const written = await write(file, found, (bytes) => onBytes?.(from, bytes));
        if (written.narHash === narHash) {
          return { from, narSize: written.narSize };
        }
        problems.push(new WrongNarError(`${from} has another NAR of ${storePath}: ${written.narHash}`));
      }
    } catch (error) {
      signal.throwIfAborted();
      if ((error as NodeJS.ErrnoException).syscall !== undefined) {
        throw error; // the file cannot be written, whatever the source
      }
      problems.push(asProblem(from, error));
    }
  }
  throw summary(storePath, problems);
}

interface Wanted {
  storePath: string;
  narHash: string;
  signal: AbortSignal;
  /** A signal for what should be quick. */
  within: () => AbortSignal;
}

function cacheSource(url: string, { storePath, narHash, signal, within }: Wanted): Source {
  return {
    from: url,
    async find() {
      const info = await narInfosOf(url)(storePath.slice(STORE_DIR.length + 1).slice(0, 32), within());
      if (info === undefined || info.storePath !== storePath) {
        return undefined;
      }
      const statedHash = formatSha256Sri(info.narHash);
      if (statedHash !== narHash) {
        throw new WrongNarError(`${url} has another NAR of ${storePath}: ${statedHash}`);
      }
      const found = await cacheNars(url, async () => info).find(info, signal);
      return found && { nar: found.open(signal), maxBytes: info.narSize };
    },
  };
}

function machineSource(machine: MachineAt, { storePath, signal, within }: Wanted): Source {
  return {
    from: machine.nodeUrl,
    async find() {
      const missing = await missingPaths(machine, [storePath], {
        signal: within(),
        maxBytes: MAX_ANSWER_BYTES,
      });
      return missing.length > 0
        ? undefined
        : { nar: streamNar(machine, storePath, signal), maxBytes: MAX_MACHINE_NAR_BYTES };
    },
  };
}

async function write(
  path: string,
  { nar, maxBytes }: { nar: AsyncIterable<Uint8Array>; maxBytes: number },
  onBytes: (bytes: number) => void,
): Promise<{ narHash: string; narSize: number }> {
  const hash = createHash("sha256");
  let narSize = 0;
  const file = await open(path, "w", 0o666);
  try {
    for await (const piece of nar) {
      narSize += piece.length;
      if (narSize > maxBytes) {
        throw new WrongNarError(`it is longer than ${maxBytes} bytes`);
      }
      hash.update(piece);
      await file.writeFile(piece);
      onBytes(narSize);
    }
  } finally {
    await file.close();
  }
  return { narHash: formatSha256Sri(hash.digest()), narSize };
}

function asProblem(from: string, error: unknown): CartenixError {
  return error instanceof CartenixError
    ? error
    : new SourceError(`${from} breaks off`, { cause: error, details: (error as Error).message });
}

function summary(storePath: string, problems: readonly CartenixError[]): CartenixError {
  const details = problems.map(({ shortMessage }) => shortMessage).join("; ");
  return problems.length > 0 && problems.every((problem) => problem instanceof WrongNarError)
    ? new WrongNarError(`there are only other contents of ${storePath} than the accepted one`, { details })
    : new SourceError(`no source has the accepted NAR of ${storePath}`, {
        details,
        remedy: "name a cache or a node that has it, by --cache or --node-url",
      });
}
