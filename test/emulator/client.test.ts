import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  EmulatorGoneError,
  EmulatorProtocolError,
  EmulatorRequestError,
} from "../../machine/emulator/index.ts";
import {
  type Decoder,
  decodeBase64,
  decodeLoopbackAddress,
  decodeOneOf,
  decodeRecord,
  decodeTrue,
  decodeU64,
  MismatchError,
} from "../../machine/emulator/rpc/decoders.ts";
import type { ExactJson } from "../../machine/emulator/rpc/exactJson.ts";
import { createRpcClient } from "../../machine/emulator/rpc/rpcClient.ts";

type Respond = (response: ServerResponse, id: number) => void;

/** Calls a server that responds incorrectly, which the real one does not do on demand. */
async function callFaulty<T>(respond: Respond, decode: Decoder<T>): Promise<T> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => respond(response, (JSON.parse(body) as { id: number }).id));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const client = createRpcClient(
    async () => connect(port, "127.0.0.1"),
    async () => "it was a fake",
  );
  try {
    return await client.call("machine.method", [], decode);
  } finally {
    client.close();
    server.closeAllConnections();
    server.close();
  }
}

const answer =
  (text: string | ((id: number) => string)): Respond =>
  (response, id) =>
    response.end(typeof text === "string" ? text : text(id));
const result =
  (json: string): Respond =>
  (response, id) =>
    response.end(`{"jsonrpc":"2.0","id":${id},"result":${json}}`);

const malformed: { [name: string]: [respond: Respond, decode?: Decoder<unknown>] } = {
  "text that is not JSON": [answer("<html>")],
  "an empty response": [answer("")],
  "half a response": [answer('{"jsonrpc":"2.0","id":1,"resu')],
  "a list": [answer("[]")],
  "another version of JSON-RPC": [answer((id) => `{"jsonrpc":"1.0","id":${id},"result":1}`)],
  "a response to another request": [answer('{"jsonrpc":"2.0","id":99,"result":1}')],
  "a response without a result": [answer((id) => `{"jsonrpc":"2.0","id":${id}}`)],
  "an error without a code": [answer((id) => `{"jsonrpc":"2.0","id":${id},"error":{"message":"x"}}`)],
  "an error that is a string": [answer((id) => `{"jsonrpc":"2.0","id":${id},"error":"x"}`)],
  "an HTTP error": [
    (response) => {
      response.statusCode = 500;
      response.end("{}");
    },
  ],
  "an endless response": [
    (response) => {
      const block = "1".repeat(1 << 20);
      const more = () => void (response.write(block) ? setImmediate(more) : response.once("drain", more));
      more();
    },
  ],
  "a negative register": [result("-1")],
  "a register of 65 bits": [result("18446744073709551616")],
  "a register with a fraction": [result("1.5")],
  "a register in quotes": [result('"1"')],
  "a hash that is too short": [result('"AAAA"'), decodeBase64(32)],
  "base64 that is not canonical": [result('"AB=="'), decodeBase64(1)],
  "base64 with a line break": [result('"AA=\\n="'), decodeBase64(1)],
  "an unknown break reason": [result('"bored"'), decodeOneOf(["halted"])],
  false: [result("false"), decodeTrue],
  "a fork on another computer": [result('"10.0.0.1:80"'), decodeLoopbackAddress],
  "a fork on an impossible port": [result('"127.0.0.1:70000"'), decodeLoopbackAddress],
  "a fork with a path": [result('"127.0.0.1:80/x"'), decodeLoopbackAddress],
};

describe("emulator: JSON-RPC client", () => {
  for (const [name, [respond, decode = decodeU64]] of Object.entries(malformed)) {
    it(`refuses ${name}`, async () => {
      await assert.rejects(callFaulty(respond, decode), EmulatorProtocolError);
    });
  }

  it("passes on the server's errors", async () => {
    const refuse = answer(
      (id) => `{"jsonrpc":"2.0","id":${id},"error":{"code":-32603,"message":"no machine"}}`,
    );
    await assert.rejects(callFaulty(refuse, decodeU64), (error) => {
      assert(error instanceof EmulatorRequestError);
      assert.equal(error.rpcCode, -32603);
      assert.match(error.message, /no machine[\s\S]*create or load/);
      return true;
    });
  });

  it("reports how a server that closes the connection has exited", async () => {
    await assert.rejects(
      callFaulty((response) => response.destroy(), decodeU64),
      (error) => error instanceof EmulatorGoneError && /it was a fake/.test(error.message),
    );
  });

  it("has no decoder that lets a wrong value through or throws anything but a mismatch", () => {
    const decoders: [Decoder<unknown>, (value: unknown) => boolean][] = [
      [decodeU64, (value) => typeof value === "bigint" && value >= 0n && value < 1n << 64n],
      [decodeTrue, (value) => value === true],
      [decodeBase64(3), (value) => value instanceof Uint8Array && value.length === 3],
      [decodeOneOf(["a", "b"]), (value) => value === "a" || value === "b"],
      [decodeLoopbackAddress, (value) => /^127\.0\.0\.1:\d+$/.test(String(value))],
      [decodeRecord, (value) => typeof value === "object" && value !== null && !Array.isArray(value)],
    ];
    const json = fc.oneof(
      fc.jsonValue(),
      fc.bigInt(),
      fc.base64String(),
      fc.constantFrom("a", "b"),
    ) as fc.Arbitrary<ExactJson>;
    fc.assert(
      fc.property(json, (value) => {
        for (const [decode, holds] of decoders) {
          try {
            assert(holds(decode(value)));
          } catch (error) {
            assert(error instanceof MismatchError, String(error));
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
