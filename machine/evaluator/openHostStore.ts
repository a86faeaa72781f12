import { spawn } from "node:child_process";
import {
  type Derivation,
  decodeExport,
  narFileContents,
  parseDerivation,
  STORE_DIR,
} from "../../nix/index.ts";
import type { DerivationStore } from "./derivationStore.ts";
import { HostNixError } from "./evaluatorErrors.ts";

/** More than the derivations and sources that one request can bring. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
const MAX_ERROR_BYTES = 4 * 1024;

/** The store of this computer's own Nix, read through its `nix-store`. */
export function openHostStore({ signal }: { signal?: AbortSignal | undefined } = {}): DerivationStore {
  const known = new Map<string, Derivation>();
  const exportPaths = (paths: readonly string[]) => runNixStore(["--export", ...paths], signal);
  const readAll = async (drvPaths: readonly string[]) => {
    for (const { path, nar } of decodeExport(await exportPaths(drvPaths))) {
      known.set(path, parseDerivation(narFileContents(nar) ?? new Uint8Array()));
    }
  };
  return {
    exportPaths,
    async closureOf(drvPaths) {
      const text = Buffer.from(
        await runNixStore(["--query", "--requisites", ...drvPaths], signal),
      ).toString();
      const closure = text.split("\n").filter((line) => line.startsWith(STORE_DIR));
      await readAll(closure.filter((path) => path.endsWith(".drv")));
      return closure;
    },
    async readDerivation(drvPath) {
      if (!known.has(drvPath)) {
        await readAll([drvPath]);
      }
      return known.get(drvPath)!;
    },
  };
}

function runNixStore(args: readonly string[], signal: AbortSignal | undefined): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const child = spawn("nix-store", args, { stdio: ["ignore", "pipe", "pipe"], ...(signal && { signal }) });
    const pieces: Buffer[] = [];
    let size = 0;
    let errors = "";
    child.stdout.on("data", (piece: Buffer) => {
      size += piece.length;
      if (size > MAX_OUTPUT_BYTES) {
        child.kill("SIGKILL");
        return;
      }
      pieces.push(piece);
    });
    child.stderr.on("data", (piece: Buffer) => {
      errors = `${errors}${piece}`.slice(-MAX_ERROR_BYTES);
    });
    child.on("error", (cause: NodeJS.ErrnoException) => {
      reject(signal?.aborted ? signal.reason : hostNixError(args, cause.message, cause));
    });
    child.on("close", (code) => {
      if (code === 0) {
        resolve(Buffer.concat(pieces));
      } else {
        const reason = size > MAX_OUTPUT_BYTES ? `more than ${MAX_OUTPUT_BYTES} bytes` : errors.trim();
        reject(hostNixError(args, reason));
      }
    });
  });
}

function hostNixError([operation]: readonly string[], details: string, cause?: unknown): HostNixError {
  return new HostNixError(`this computer's nix-store ${operation} failed`, {
    details,
    cause,
    remedy: "name a Nix file instead of a derivation, or check that nix-store works",
  });
}
