import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, beforeEach, describe, it } from "mocha";
import {
  type ContractFunctionReturnType,
  decodeAbiParameters,
  encodeAbiParameters,
  getAddress,
  type Hex,
  padHex,
  parseAbiParameters,
} from "viem";
import { iHashGatewayAbi, provenHashReaderAbi } from "../../abi/index.ts";
import { answerHashLookup, type FindProvenOutputs } from "../../machine/node/gateway/answerHashLookup.ts";
import { hashOf, helloOutput, INPUT_INDEX, storePath } from "./support/sampleOutputs.ts";
import { endEpoch, Outputs, startRollup } from "./support/startRollup.ts";

const ANSWER = iHashGatewayAbi[0].outputs;
type Voucher = ContractFunctionReturnType<typeof iHashGatewayAbi, "view", "voucherOf">;

describe("ProvenHashReader", () => {
  let rollup: Awaited<ReturnType<typeof startRollup>>;
  let reader: Awaited<ReturnType<typeof deployReader>>;
  let gateway: Server;
  let url: string;
  /** What the gateway makes of the honest answer. */
  let lie: (answer: Hex) => Hex | undefined;
  let requests: string[];
  const outputs = new Outputs();
  const [one, two] = [helloOutput("one"), helloOutput("two", { references: [] })];
  const [unclaimed, unknown] = [helloOutput("unclaimed"), storePath("unknown", "hello")];
  const deployReader = () =>
    rollup.chain.deploy("ProvenHashReader", provenHashReaderAbi, [rollup.registry.address]);

  /** Outputs that the claim contains, with their proofs: a notice, an empty voucher, and the voucher of `one` and `two`. */
  let proven: ReturnType<Outputs["proven"]>[];
  /** A voucher that no claim contains. */
  let unproven: ReturnType<Outputs["proven"]>;

  /** What the node would find. */
  async function* findProvenOutputs(): ReturnType<FindProvenOutputs> {
    for (const [output, proof] of proven) {
      yield { output, proof };
    }
  }

  before(async () => {
    rollup = await startRollup();
    reader = await deployReader();
    const registry = rollup.registry.address;
    outputs.notice("0x1234");
    outputs.voucher(registry, "0x");
    outputs.recordVoucher(registry, [one, two]);
    const last = await endEpoch(rollup.chain);
    await rollup.authority.write.submitClaim([rollup.application.address, last, outputs.root]);
    proven = [0n, 1n, 2n].map((index) => outputs.proven(index));
    unproven = outputs.proven(outputs.recordVoucher(registry, [unclaimed]));

    gateway = createServer(async (request, response) => {
      requests.push(`${request.method} ${request.url}`);
      const body = JSON.parse((await text(request)) || "{}") as {
        data?: Hex;
      };
      const data = body.data ?? (request.url!.match(/(0x[0-9a-f]*)\.json$/)![1] as Hex);
      const honest = await answerHashLookup(data, rollup.application.address, findProvenOutputs);
      const answer = honest && lie(honest);
      response.writeHead(answer ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ? { data: answer } : { message: "no proven voucher" }));
    }).listen(0, "127.0.0.1");
    await once(gateway, "listening");
    url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  });

  beforeEach(() => {
    lie = (answer) => answer;
    requests = [];
  });

  after(() => gateway?.close());

  const read = (
    path: string,
    urls = [`${url}/{sender}/{data}.json`],
    application = rollup.application.address,
  ) =>
    rollup.chain.client.readContract({
      ...{ address: reader.address, abi: provenHashReaderAbi, functionName: "hashOf" },
      args: [application, path, urls],
    } as const);

  /** The honest answer with a part of it changed. */
  const change =
    (alter: (voucher: { inputIndex: bigint; outputs: Voucher[1]; proof: Voucher[2] }) => object) =>
    (answer: Hex) => {
      const [inputIndex, recorded, proof] = decodeAbiParameters(ANSWER, answer);
      const voucher = { inputIndex, outputs: recorded, proof };
      const changed = { ...voucher, ...alter(voucher) };
      return encodeAbiParameters(ANSWER, [changed.inputIndex, changed.outputs, changed.proof]);
    };

  it("returns the hash of a voucher that nobody has executed, through viem's readContract", async () => {
    assert.equal(await rollup.registry.read.isRecorded([rollup.application.address, two.storePath]), false);
    assert.equal(await read(two.storePath), two.narHash);
    assert.match(requests[0]!, /^GET \/0x[0-9a-f]{40}\/0x[0-9a-f]+\.json$/);
    assert.equal(await read(one.storePath, [url]), one.narHash);
    assert.match(requests[1]!, /^POST \/$/);
  });

  it("finds nothing that no claim proves, or that was never built", async () => {
    await assert.rejects(read(unclaimed.storePath), /no proven voucher|404/i);
    await assert.rejects(read(unknown), /no proven voucher|404/i);
    await assert.rejects(read(two.storePath, []), /OffchainLookup|offchain/i);
  });

  const lies: [string, () => (answer: Hex) => Hex][] = [
    [
      "another hash",
      () =>
        change((voucher) => ({
          outputs: voucher.outputs.map((item) => ({ ...item, narHash: hashOf("lie") })),
        })),
    ],
    ["an output less", () => change((voucher) => ({ outputs: voucher.outputs.slice(1) }))],
    ["an output more", () => change(({ outputs }) => ({ outputs: [...outputs, outputs[0]!] }))],
    ["another input", () => change(({ inputIndex }) => ({ inputIndex: inputIndex + 1n }))],
    [
      "another place",
      () => change(({ proof }) => ({ proof: { ...proof, outputIndex: proof.outputIndex + 1n } })),
    ],
    [
      "a sibling too few",
      () =>
        change(({ proof }) => ({
          proof: { ...proof, outputHashesSiblings: proof.outputHashesSiblings.slice(1) },
        })),
    ],
    [
      "a voucher that no claim contains",
      () => () => encodeAbiParameters(ANSWER, [INPUT_INDEX, [unclaimed], unproven[1]]),
    ],
    ["a word", () => () => hashOf("lie")],
    ["a cut answer", () => (answer) => answer.slice(0, -64) as Hex],
    ["an endless list", () => (answer) => answer.replace(/(.{66}).{64}/, `$1${"f".repeat(64)}`) as Hex],
    ["too much", () => (answer) => `${answer}${"00".repeat(1 << 20)}`],
  ];

  for (const [name, makeLie] of lies) {
    it(`refuses a gateway that lies: ${name}`, async () => {
      lie = makeLie();
      await assert.rejects(read(two.storePath));
      assert.equal(requests.length, 1);
    });
  }

  const honestAnswer = () => encodeAbiParameters(ANSWER, [INPUT_INDEX, [one, two], proven[2]![1]]);
  const extraDataFor = (path: string) =>
    encodeAbiParameters(parseAbiParameters("address, string"), [rollup.application.address, path]);

  it("refuses a proven voucher that records other paths", async () => {
    assert.equal(await reader.read.provenHash([honestAnswer(), extraDataFor(two.storePath)]), two.narHash);
    await rollup.chain.viem.assertions.revertWithCustomErrorWithArgs(
      reader.read.provenHash([honestAnswer(), extraDataFor(unknown)]) as never,
      reader,
      "NotInVoucher",
      [unknown],
    );
  });

  it("accepts an answer of 1 MiB, and none longer", async () => {
    const maxBytes = 2 ** 20;
    assert.equal(await reader.read.MAX_ANSWER_BYTES(), BigInt(maxBytes));
    const longest = padHex(honestAnswer(), { dir: "right", size: maxBytes });
    assert.equal(await reader.read.provenHash([longest, extraDataFor(two.storePath)]), two.narHash);
    await rollup.chain.viem.assertions.revertWithCustomErrorWithArgs(
      reader.read.provenHash([`${longest}00`, extraDataFor(two.storePath)]) as never,
      reader,
      "AnswerTooLong",
      [BigInt(maxBytes) + 1n],
    );
  });

  it("asks no gateway for what is recorded, and returns no hash that is contested", async () => {
    await rollup.application.write.executeOutput([...proven[2]!]);
    assert.equal(await read(two.storePath, []), two.narHash);
    const stranger = rollup.chain.wallets[3]!.account;
    for (const narHash of [one.narHash, hashOf("other")]) {
      await rollup.registry.write.record([INPUT_INDEX, [{ ...one, narHash }]], { account: stranger });
    }
    await rollup.chain.viem.assertions.revertWithCustomErrorWithArgs(
      read(one.storePath, [], stranger.address) as never,
      reader,
      "Contested",
      [getAddress(stranger.address), one.storePath],
    );
    assert.deepEqual(requests, []);
  });
});
