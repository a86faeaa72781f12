import { createHash } from "node:crypto";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { type ServerType, serve } from "@hono/node-server";
import { Hono } from "hono";
import { formatNarInfo } from "../../../substituter/index.ts";

/** A store path as a cache has it. */
export interface Offered {
  readonly storePath: string;
  readonly references?: readonly string[];
  readonly narHash: Uint8Array;
  readonly narSize: number;
  readonly signatures?: readonly string[];
  /** How long the cache takes to say what it has. */
  readonly delayMs?: number;
  /** The NAR, each time it is asked for. */
  read(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export function offerOf(storePath: string, nar: Uint8Array, references: readonly string[] = []): Offered {
  const narHash = createHash("sha256").update(nar).digest();
  return { storePath, references, narHash, narSize: nar.length, read: () => [nar] };
}

/** A binary cache that says and sends what a test wants, and counts what it is asked for. */
export async function startUpstream() {
  const offered = new Map<string, Offered>();
  const asked: string[] = [];
  const app = new Hono();
  app.get("/:hash{[0-9a-z]{32}\\.narinfo}", async (c) => {
    asked.push(c.req.path);
    const offer = offered.get(c.req.param("hash").slice(0, 32));
    if (offer === undefined) {
      return c.notFound();
    }
    const { storePath, references = [], narHash, narSize, signatures = [], delayMs = 0 } = offer;
    await setTimeout(delayMs);
    const url = `nar/${storePath.slice(11, 43)}.nar`;
    return c.text(
      formatNarInfo({ storePath, references, narHash, narSize, signatures, url, compression: "none" }),
    );
  });
  app.get("/nar/:hash{[0-9a-z]{32}\\.nar}", (c) => {
    asked.push(c.req.path);
    const offer = offered.get(c.req.param("hash").slice(0, 32));
    return offer === undefined ? c.notFound() : c.body(ReadableStream.from(offer.read()) as never);
  });
  const server: ServerType = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    offer(...offers: readonly Offered[]) {
      for (const one of offers) {
        offered.set(one.storePath.slice(11, 43), one);
      }
    },
    stop() {
      server.close();
      (server as unknown as { closeAllConnections(): void }).closeAllConnections();
    },
  };
}

export type Upstream = Awaited<ReturnType<typeof startUpstream>>;
