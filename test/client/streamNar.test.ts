import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterEach, describe, it } from "mocha";
import { zeroAddress } from "viem";
import { missingPaths, NodeAnswerError, streamNar } from "../../client/index.ts";

const PATH = `/nix/store/${"0".repeat(32)}-built`;

describe("a NAR from a node, as it comes", () => {
  let server: Server | undefined;

  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
  });

  /** A node that answers every query with these pieces. */
  async function answering(pieces: Iterable<string>, status = 200) {
    server = createServer(async (_, response) => {
      response.writeHead(status);
      for (const piece of pieces) {
        if (!response.write(piece)) {
          await Promise.race([once(response, "drain"), once(response, "close")]);
        }
        if (response.destroyed) {
          return;
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
      nodeUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      application: zeroAddress,
    };
  }

  const read = async (pieces: Iterable<string>, status?: number) => {
    const machine = await answering(pieces, status);
    let digits = "";
    for await (const piece of streamNar(machine, PATH, AbortSignal.timeout(5_000))) {
      digits += Buffer.from(piece).toString("hex");
    }
    return digits;
  };

  const answerOf = (...payloads: string[]) =>
    JSON.stringify({
      ...{ status: "Accepted", exception_payload: null },
      reports: payloads.map((payload) => ({ payload: `0x${payload}` })),
      processed_input_count: 1,
    });

  it("is all reports' payloads, wherever the network cuts the response", async () => {
    const payloads = fc.array(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("hex")),
      { maxLength: 4 },
    );
    const cuts = fc.array(fc.nat({ max: 300 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(payloads, cuts, async (sent, places) => {
        const text = answerOf(...sent);
        const ends = [0, ...places.filter((at) => at < text.length), text.length].toSorted((a, b) => a - b);
        const pieces = ends.slice(1).map((end, place) => text.slice(ends[place], end));
        const received = await read(pieces.filter((piece) => piece !== ""));
        server!.close();
        server!.closeAllConnections();
        assert.equal(received, sent.join(""));
      }),
      { numRuns: 30 },
    );
  });

  it("ends where it is no NAR", async () => {
    await assert.rejects(read([answerOf("00zz")]), NodeAnswerError);
    await assert.rejects(read([answerOf("000")]), NodeAnswerError);
    await assert.rejects(read(["busy"], 503), /refused to inspect: HTTP 503/);
    assert.equal(await read(["not json"]), "");
  });

  it("may be endless: the reader stops it", async () => {
    let sent = 0;
    function* endless() {
      yield '{"reports":[{"payload":"0x';
      for (;;) {
        sent += 1;
        yield "00".repeat(10_000);
      }
    }
    const machine = await answering(endless());
    let length = 0;
    for await (const piece of streamNar(machine, PATH, AbortSignal.timeout(5_000))) {
      length += piece.length;
      if (length > 100_000) {
        break;
      }
    }
    assert.ok(sent < 10_000);
  });

  it("is not asked for from a node whose word on missing paths is too long", async () => {
    const machine = await answering([answerOf("00".repeat(10_000))]);
    await assert.rejects(missingPaths(machine, [PATH], { maxBytes: 10_000 }), /longer than 10000 bytes/);
  });
});
