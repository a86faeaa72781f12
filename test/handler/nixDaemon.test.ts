import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { after, afterEach, before, describe, it } from "mocha";
import { sha256, shellPackage, sourceFile } from "../../fuzz/generators/shellPackage.ts";
import { readBuildLog } from "../../machine/handler/environment/buildLogs.ts";
import { NixProtocolError, NixRefusedError, NixSession } from "../../machine/handler/nixDaemon/index.ts";
import { INCOMPLETE, WireReader } from "../../machine/handler/nixDaemon/wireReader.ts";
import { WireWriter } from "../../machine/handler/nixDaemon/wireWriter.ts";
import { encodeNar } from "../../nix/index.ts";
import { type NixHost, startNixHost } from "./support/nixHost.ts";

describe("Nix's worker protocol", () => {
  it("reads what it writes, however it is split", () => {
    const words = fc.tuple(
      fc.maxSafeNat(),
      fc.string({ unit: "grapheme" }),
      fc.array(fc.string({ unit: "grapheme" })),
    );
    fc.assert(
      fc.property(words, ([number, text, texts]) => {
        const bytes = Buffer.concat(new WireWriter().number(number).text(text).texts(texts).parts());
        const read = (reader: WireReader) => [reader.number(), reader.text(), reader.texts()];
        assert.deepEqual(read(new WireReader(bytes)), [number, text, texts]);
        for (let length = 0; length < bytes.length; length += 8) {
          assert.throws(
            () => read(new WireReader(bytes.subarray(0, length))),
            (error) => error === INCOMPLETE,
          );
        }
      }),
    );
  });

  it("refuses numbers beyond what JavaScript counts exactly", () => {
    assert.throws(() => new WireReader(Buffer.alloc(8, 0xff)).number(), NixProtocolError);
  });
});

describe("a session with the real nix-daemon", function () {
  this.timeout(120_000);
  let nix: NixHost;

  before(async () => {
    nix = await startNixHost();
  });
  after(() => nix[Symbol.asyncDispose]());

  it("adds paths, builds, queries and reads NARs", async () => {
    const session = await nix.environment.openSession();
    try {
      const source = sourceFile("source", Buffer.alloc(200_000, 7));
      const { nar, path } = source;
      const narHash = sha256(nar).toString("hex");
      await session.addPaths([{ path, nar, narHash, narSize: nar.length, references: [] }]);
      assert.deepEqual(await session.queryPathInfo(path), { narHash, narSize: nar.length, references: [] });
      assert.equal(await session.queryPathInfo(`/nix/store/${"0".repeat(32)}-x`), undefined);
      assert.deepEqual(await session.queryAllValidPaths(), [path]);
      const pieces: Uint8Array[] = [];
      for await (const piece of session.narFromPath(path, nar.length)) {
        pieces.push(piece);
      }
      assert.ok(Buffer.concat(pieces).equals(nar));
    } finally {
      session.close();
    }
  });

  it("continues after a failed build, whose log is kept", async () => {
    const { logFolder, openSession } = nix.environment;
    const session = await openSession();
    try {
      const { drvPath, closure } = shellPackage({
        name: "talks",
        script: "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done; exit 1",
      });
      const { nar } = closure[0]!;
      await session.addPaths([
        { path: drvPath, nar, narHash: sha256(nar).toString("hex"), narSize: nar.length, references: [] },
      ]);
      const result = await session.build(drvPath);
      assert.notEqual(result.status, 0);
      assert.match(result.message, /^builder for '.*talks\.drv' failed with exit code 1/);
      const lines = readBuildLog(logFolder, drvPath)?.split("\n");
      assert.equal(lines?.length, 3001);
      assert.equal(lines?.at(-2), "line 2999");
      assert.ok(await session.queryPathInfo(drvPath));
    } finally {
      session.close();
    }
  });

  it("reports what Nix refuses, and ends when the daemon does", async () => {
    const session = await nix.environment.openSession();
    try {
      const { path, nar } = sourceFile("lie", "x");
      const narHash = "ab".repeat(32);
      const lie = session.addPaths([{ path, nar, narHash, narSize: nar.length, references: [] }]);
      await assert.rejects(
        lie,
        (error) => error instanceof NixRefusedError && /hash mismatch/.test(error.message),
      );
      const next = session.queryPathInfo(path);
      assert.equal(await next, undefined);
    } finally {
      session.close();
    }
    await assert.rejects(session.queryPathInfo(`/nix/store/${"0".repeat(32)}-x`), NixProtocolError);
  });

  it("deletes paths, once no other session holds them", async () => {
    const holder = await nix.environment.openSession();
    const session = await nix.environment.openSession();
    try {
      const { drvPath, closure, out } = shellPackage({ name: "short-lived", script: "echo $out > $out" });
      const { nar } = closure[0]!;
      await holder.addPaths([
        { path: drvPath, nar, narHash: sha256(nar).toString("hex"), narSize: nar.length, references: [] },
      ]);
      await holder.build(drvPath);
      await assert.rejects(session.deletePaths([drvPath, out]), /still alive/);
      holder.close();
      await session.deletePaths([drvPath, out]);
      for (const path of [drvPath, out]) {
        assert.equal(await session.queryPathInfo(path), undefined);
      }
    } finally {
      session.close();
    }
  });

  it("adds nothing to the store whose NAR Nix cannot read", async () => {
    const session = await nix.environment.openSession();
    try {
      const nar = encodeNar({ kind: "regular", executable: false, contents: Buffer.from("cut") }).subarray(
        0,
        -8,
      );
      const { path } = sourceFile("cut", "cut");
      const cut = session.addPaths([
        { path, nar, narHash: sha256(nar).toString("hex"), narSize: nar.length, references: [] },
      ]);
      await assert.rejects(cut);
    } finally {
      session.close();
    }
  });
});

describe("a session with something other than nix-daemon", () => {
  const folder = mkdtempSync(join(tmpdir(), "cartenix-socket-"));
  const path = join(folder, "socket");
  let answer: (socket: Socket) => void;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    answer(socket);
  });

  before((done) => void server.listen(path, done));
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  afterEach(() => {
    answer = () => {};
  });

  it("fails with an error that says what is wrong", async () => {
    await assert.rejects(NixSession.open(join(folder, "nothing")), /ENOENT/);
    answer = (socket) => socket.end();
    await assert.rejects(NixSession.open(path), NixProtocolError);
    answer = (socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    await assert.rejects(NixSession.open(path), NixProtocolError);
    answer = (socket) =>
      socket.write(Buffer.concat(new WireWriter().number(0x6478696f).number(0x110).parts()));
    await assert.rejects(NixSession.open(path), /older than the required/);
  });

  it("neither hangs nor crashes on random bytes before the end of the stream", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const hello = Buffer.concat(
          new WireWriter().number(0x6478696f).number(0x126).number(0x616c7473).parts(),
        );
        answer = (socket) => socket.end(Buffer.concat([hello, bytes]));
        const talk = NixSession.open(path).then((session) => session.queryAllValidPaths());
        await assert.rejects(
          talk,
          (error) => error instanceof NixProtocolError || error instanceof NixRefusedError,
        );
      }),
      { numRuns: 200 },
    );
  });
});
