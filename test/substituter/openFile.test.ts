import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { after, before, describe, it } from "mocha";
import { openFile } from "../../substituter/sources/openFile.ts";

const BODY = Buffer.from("the bytes of a NAR\n".repeat(10_000));

describe("openFile", function () {
  this.timeout(60_000);
  let server: Server;
  let url: string;
  let connection: ServerResponse;
  let sent = 0;

  const places: Readonly<Record<string, RequestListener>> = {
    "/file": (_, response) => response.end(BODY),
    "/gzip": (_, response) => response.setHeader("content-encoding", "gzip").end(gzipSync(BODY)),
    "/br": (_, response) => response.setHeader("content-encoding", "br").end(brotliCompressSync(BODY)),
    "/damaged": (_, response) => response.setHeader("content-encoding", "gzip").end(BODY),
    "/unknown": (_, response) => response.setHeader("content-encoding", "my-own").end(BODY),
    "/moved": (_, response) => response.writeHead(302, { location: "file" }).end("moved"),
    "/far": (_, response) => response.writeHead(301, { location: "/moved" }).end(),
    "/round": (_, response) => response.writeHead(307, { location: "/round" }).end(),
    "/local": (_, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end(),
    "/nowhere": (_, response) => response.writeHead(302, { location: "http://" }).end(),
    "/unsaid": (_, response) => response.writeHead(302).end(),
    "/absent": (_, response) => response.writeHead(404).end("absent"),
    "/short": (_, response) => {
      response.writeHead(200, { "content-length": BODY.length });
      response.write(BODY.subarray(100));
      setTimeout(() => response.destroy(), 50);
    },
    "/silent": (_, response) => response.writeHead(200, { "content-length": 100 }).write("x"),
    "/mute": () => {},
    "/endless": (_, response) => {
      connection = response;
      const more = () => {
        while (!response.destroyed && response.write(BODY)) {
          sent += BODY.length;
        }
      };
      response.on("drain", more);
      more();
    },
  };

  before(async () => {
    server = createServer((request, response) => places[request.url!]!(request, response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  async function read(place: string, signal = AbortSignal.timeout(30_000)): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of openFile(`${url}${place}`, signal)) {
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  for (const place of ["/file", "/moved", "/far", "/gzip", "/br"]) {
    it(`reads the whole of ${place}`, async () => assert.deepEqual(await read(place), BODY));
  }

  for (const [place, error] of [
    ["/round", /SourceError.*redirects more than 20 times/s],
    ["/local", /SourceError.*no answer.*file: is neither http: nor https:/s],
    ["/nowhere", /SourceError.*redirects to what is no address/s],
    ["/unsaid", /SourceError.*answers HTTP 302/s],
    ["/absent", /SourceError.*answers HTTP 404/s],
    ["/unknown", /SourceError.*unknown encoding/s],
    ["/damaged", /incorrect header check/],
    ["/short", /aborted/],
  ] as const) {
    it(`refuses ${place}`, async () => {
      await assert.rejects(read(place), (thrown: Error) => error.test(`${thrown.name} ${thrown}`));
    });
  }

  it("says that nothing answers", async () => {
    const nothing = openFile("http://127.0.0.1:1/file", AbortSignal.timeout(30_000));
    await assert.rejects(nothing.next(), /no answer from http:\/\/127\.0\.0\.1:1\/file/);
  });

  for (const place of ["/mute", "/silent"]) {
    it(`stops waiting for ${place} when it is told to`, async () => {
      const controller = new AbortController();
      const reading = read(place, controller.signal);
      setTimeout(() => controller.abort(), 200);
      await assert.rejects(reading, /abort/i);
    });
  }

  it("does not let bytes gather before a slow reader, and ends what nobody reads on", async () => {
    const file = openFile(`${url}/endless`, AbortSignal.timeout(30_000));
    await file.next();
    let before = -1;
    while (sent !== before) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    assert.ok(sent < 64e6, `${sent} bytes`);
    const closed = once(connection, "close");
    await file.return(undefined);
    await closed;
  });
});
