import { type Context, Hono } from "hono";
import { stream } from "hono/streaming";
import { formatBase32, STORE_DIR } from "../nix/index.ts";
import { CartenixError } from "../support/index.ts";
import type { AcceptedOutput, FindAccepted } from "./acceptedOutput.ts";
import type { NarFiles } from "./narFiles.ts";
import { formatNarInfo, narInfoFingerprint } from "./narInfo/formatNarInfo.ts";
import type { SigningKey } from "./narInfo/signature.ts";
import type { FoundNar, NarSource } from "./sources/narSource.ts";
import { SourceError } from "./substituterErrors.ts";

export interface SubstituterOptions {
  findAccepted: FindAccepted;
  /** Asked in this order. */
  sources: readonly NarSource[];
  files: NarFiles;
  /** The key that signs what is served, besides the signatures that a cache has. Its public half is at `/public-key`. */
  findSigningKey?: (context: Context) => SigningKey | undefined;
  /** Nix asks substituters of lower numbers first; cache.nixos.org has 40. */
  priority?: number;
  /** The log of a build. */
  findLog?: (drvPath: string, context: Context) => Promise<string | undefined>;
  /** Is told why something could not be served. */
  onError?: (message: string) => void;
}

const HASH_PART = "[0-9a-df-np-sv-z]{32}";
const NAR_HASH = "[0-9a-df-np-sv-z]{52}";
const DEFAULT_PRIORITY = 30;
/** A source may not answer for so long. */
const FIND_TIMEOUT_MS = 30_000;
/** The same for a NAR that is on the disk already: a source can only add signatures. */
const SIGNATURES_TIMEOUT_MS = 2_000;
const DOWNLOAD_TIMEOUT_MS = 30 * 60_000;
/** Downloads at one time; who comes later is told to come again. */
const MAX_DOWNLOADS = 16;

/**
 * A binary cache of Nix that serves accepted outputs alone: `/nix-cache-info`, `/public-key`, `/<hash>.narinfo`,
 * `/nar/…` and `/log/…`. Bytes come from elsewhere, and are hashed before the first of them is served.
 */
export function createSubstituter(options: SubstituterOptions): Hono {
  const {
    findAccepted,
    sources,
    files,
    findSigningKey,
    priority = DEFAULT_PRIORITY,
    findLog,
    onError,
  } = options;
  const downloads = new Map<string, Promise<void>>();
  const app = new Hono();

  /** The sources that have the NAR, in their order; one that fails is passed over. */
  async function* foundNars(
    output: AcceptedOutput,
    timeoutMs: number,
  ): AsyncIterable<{ nar: FoundNar; from: string }> {
    for (const source of sources) {
      const nar = await source.find(output, AbortSignal.timeout(timeoutMs)).catch(report);
      if (nar !== undefined) {
        yield { nar, from: source.name };
      }
    }
  }

  /** Brings a NAR to the disk, once however many ask for it. */
  function download(output: AcceptedOutput): Promise<void> {
    const key = keyOf(output);
    const running = downloads.get(key);
    if (running !== undefined) {
      return running;
    }
    const started = fetchChecked(output).finally(() => downloads.delete(key));
    downloads.set(key, started);
    return started;
  }

  async function fetchChecked(output: AcceptedOutput): Promise<void> {
    for await (const { nar, from } of foundNars(output, FIND_TIMEOUT_MS)) {
      try {
        return await files.add(output, nar.open(AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS)), from);
      } catch (error) {
        report(error);
      }
    }
    throw new SourceError(`no source has the accepted NAR of ${output.storePath}`);
  }

  function report(error: unknown): undefined {
    onError?.(error instanceof CartenixError ? error.message : String(error));
  }

  app.get("/nix-cache-info", (c) =>
    c.text(`StoreDir: ${STORE_DIR}\nWantMassQuery: 1\nPriority: ${priority}\n`, 200, {
      "content-type": "text/x-nix-cache-info",
    }),
  );

  app.get("/public-key", (c) => {
    const key = findSigningKey?.(c);
    return key === undefined
      ? c.text("what is served here is not signed\n", 404)
      : c.text(`${key.publicKey}\n`);
  });

  app.get(`/:file{${HASH_PART}\\.narinfo}`, async (c) => {
    const hashPart = c.req.param("file").slice(0, 32);
    const output = await findAccepted(hashPart, c);
    if (output === undefined) {
      return c.text("not accepted\n", 404);
    }
    const isHere = await files.has(output);
    const found = await first(foundNars(output, isHere ? SIGNATURES_TIMEOUT_MS : FIND_TIMEOUT_MS));
    if (found === undefined && !isHere) {
      return c.text("accepted, but no source has its NAR\n", 404);
    }
    const signature = findSigningKey?.(c)?.sign(narInfoFingerprint(output));
    const narHash = formatBase32(output.narHash);
    const text = formatNarInfo({
      ...output,
      url: `nar/${narHash}-${hashPart}.nar`,
      compression: "none",
      fileHash: output.narHash,
      fileSize: output.narSize,
      signatures: [...(signature ? [signature] : []), ...(found?.nar.signatures ?? [])],
    });
    return c.text(text, 200, { "content-type": "text/x-nix-narinfo" });
  });

  app.get(`/nar/:file{${NAR_HASH}-${HASH_PART}\\.nar}`, async (c) => {
    const [narHash, hashPart] = c.req.param("file").replace(".nar", "").split("-") as [string, string];
    const output = await findAccepted(hashPart, c);
    if (output === undefined || formatBase32(output.narHash) !== narHash) {
      return c.text("not accepted\n", 404);
    }
    if (!(await files.has(output))) {
      if (downloads.size >= MAX_DOWNLOADS && !downloads.has(keyOf(output))) {
        return c.text("too many downloads at once\n", 503, { "retry-after": "5" });
      }
      try {
        await download(output);
      } catch {
        return c.text("no source has the accepted NAR\n", 502);
      }
    }
    return send(c, output);
  });

  function send(c: Context, output: AcceptedOutput): Response {
    c.header("content-type", "application/x-nix-nar");
    c.header("content-length", String(output.narSize));
    if (c.req.method === "HEAD") {
      return c.body(null);
    }
    return stream(c, async (body) => {
      for await (const piece of files.read(output)) {
        if (body.aborted) {
          return;
        }
        await body.write(piece);
      }
    });
  }

  app.get(`/log/:drv{${HASH_PART}-[0-9a-zA-Z+\\-._?=]{1,211}\\.drv}`, async (c) => {
    const log = await findLog?.(`${STORE_DIR}/${c.req.param("drv")}`, c);
    return log === undefined ? c.text("no log\n", 404) : c.text(log);
  });

  return app;
}

/** Different content may be accepted for one path by different authorities. */
function keyOf({ storePath, narHash }: AcceptedOutput): string {
  return `${storePath} ${formatBase32(narHash)}`;
}

async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) {
    return item;
  }
  return undefined;
}
