import { type Context, Hono } from "hono";
import { formatBase32, STORE_DIR } from "../nix/index.ts";
import { CartenixError } from "../support/index.ts";
import type { AcceptedOutput, FindAccepted } from "./acceptedOutput.ts";
import { checkedNar } from "./checkedNar.ts";
import type { NarFiles } from "./narFiles.ts";
import { formatNarInfo, narInfoFingerprint } from "./narInfo/formatNarInfo.ts";
import type { SigningKey } from "./narInfo/signature.ts";
import { ShortMemory } from "./shortMemory.ts";
import type { FoundNar, NarSource } from "./sources/narSource.ts";
import { startBody } from "./startBody.ts";
import { SourceError, WrongNarError } from "./substituterErrors.ts";

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
  /**
   * Whether a NAR is sent while it comes from a source, instead of when it is here as a whole. Its last piece comes only if all of it is right; if
   * not, the connection breaks.
   */
  isStreaming?: boolean;
  /** Downloads at one time; who comes later is told to come again. */
  maxDownloads?: number;
  /** Is told what was sent as a whole, and where it came from: `undefined` if it was here. */
  onSent?: (output: AcceptedOutput, from: string | undefined) => void;
  /** Is told why something could not be served. */
  onError?: (message: string, error: unknown) => void;
}

const HASH_PART = "[0-9a-df-np-sv-z]{32}";
const NAR_HASH = "[0-9a-df-np-sv-z]{52}";
const DEFAULT_PRIORITY = 30;
/** A source may not answer for so long. */
const FIND_TIMEOUT_MS = 30_000;
/** The same for a NAR that is on the disk already: a source can only add signatures. */
const SIGNATURES_TIMEOUT_MS = 2_000;
const DOWNLOAD_TIMEOUT_MS = 30 * 60_000;
const DEFAULT_MAX_DOWNLOADS = 16;
/** How long a source whose bytes were wrong is not asked for them again. */
const DISTRUST = { maxAgeMs: 10 * 60_000, maxEntries: 10_000 };

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
    isStreaming = false,
    maxDownloads = DEFAULT_MAX_DOWNLOADS,
    onSent,
    onError,
  } = options;
  const downloads = new Map<string, Promise<void>>();
  const distrusted = new ShortMemory<true>(DISTRUST);
  const app = new Hono();

  /** The sources that have the NAR, in their order; one that fails is passed over. */
  async function* foundNars(
    output: AcceptedOutput,
    signalOf: () => AbortSignal,
  ): AsyncIterable<{ nar: FoundNar; from: string }> {
    for (const source of sources) {
      if (distrusted.get(distrustKey(source.name, output))) {
        continue;
      }
      const nar = await source.find(output, signalOf()).catch(report);
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
    for await (const { nar, from } of foundNars(output, () => AbortSignal.timeout(FIND_TIMEOUT_MS))) {
      try {
        return await files.add(output, nar.open(AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS)), from);
      } catch (error) {
        report(error);
      }
    }
    throw new SourceError(`no source has the accepted NAR of ${output.storePath}`);
  }

  function report(error: unknown): undefined {
    onError?.(error instanceof CartenixError ? error.message : String(error), error);
  }

  /**
   * A NAR as it comes from the sources: where one breaks off, the next one goes on, since the hash of the whole decides.
   *
   * @param used collects the names of the sources that bytes came from.
   */
  async function* arriving(
    output: AcceptedOutput,
    { used, signal }: { used: string[]; signal: AbortSignal },
  ): AsyncGenerator<Uint8Array> {
    const within = (ms: number) => AbortSignal.any([signal, AbortSignal.timeout(ms)]);
    let length = 0;
    for await (const { nar, from } of foundNars(output, () => within(FIND_TIMEOUT_MS))) {
      try {
        used.push(from);
        let missing = length;
        for await (const piece of nar.open(within(DOWNLOAD_TIMEOUT_MS))) {
          const rest = piece.subarray(missing);
          missing -= piece.length - rest.length;
          if (rest.length > 0) {
            length += rest.length;
            yield rest;
          }
        }
        if (length >= output.narSize) {
          return;
        }
        report(
          new SourceError(`${from} has only the first ${length} bytes of the NAR of ${output.storePath}`),
        );
      } catch (error) {
        signal.throwIfAborted();
        report(error);
      }
    }
    throw new SourceError(`no source has the accepted NAR of ${output.storePath}`);
  }

  /** Passes on a NAR from the sources while it is checked and kept. */
  async function* passing(output: AcceptedOutput, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const used: string[] = [];
    const from = () => used.join(" and ");
    let end = () => {};
    downloads.set(
      keyOf(output),
      new Promise((resolve) => {
        end = resolve;
      }),
    );
    try {
      yield* files.addWhileRead(output, checkedNar(output, arriving(output, { used, signal }), from));
      onSent?.(output, from());
    } catch (error) {
      if (error instanceof WrongNarError) {
        for (const name of used) {
          distrusted.set(distrustKey(name, output), true);
        }
      }
      if (!signal.aborted) {
        report(error);
      }
      throw error;
    } finally {
      downloads.delete(keyOf(output));
      end();
    }
  }

  async function* kept(output: AcceptedOutput): AsyncGenerator<Uint8Array> {
    yield* files.read(output);
    onSent?.(output, undefined);
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
    const found = await first(
      foundNars(output, () => AbortSignal.timeout(isHere ? SIGNATURES_TIMEOUT_MS : FIND_TIMEOUT_MS)),
    );
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
    if (c.req.method === "HEAD") {
      return send(c, output, null);
    }
    if (isStreaming) {
      // what another request brings is here soon
      await downloads.get(keyOf(output));
    }
    if (await files.has(output)) {
      return send(c, output, await startBody(kept(output)));
    }
    if (downloads.size >= maxDownloads && !downloads.has(keyOf(output))) {
      return c.text("too many downloads at once\n", 503, { "retry-after": "5" });
    }
    try {
      if (isStreaming) {
        return send(c, output, await startBody(passing(output, c.req.raw.signal)));
      }
      await download(output);
    } catch {
      return c.text("no source has the accepted NAR\n", 502);
    }
    return send(c, output, await startBody(kept(output)));
  });

  function send(c: Context, output: AcceptedOutput, body: ReadableStream<Uint8Array> | null): Response {
    c.header("content-type", "application/x-nix-nar");
    c.header("content-length", String(output.narSize));
    return c.newResponse(body);
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

function distrustKey(source: string, output: AcceptedOutput): string {
  return `${source} ${keyOf(output)}`;
}

async function first<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) {
    return item;
  }
  return undefined;
}
