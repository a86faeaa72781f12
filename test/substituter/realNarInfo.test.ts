import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { after, before, describe, it } from "mocha";
import { openNix, type RealNix } from "../../fuzz/openNix.ts";
import { encodeExport, encodeNar } from "../../nix/index.ts";
import {
  formatNarInfo,
  isSignedBy,
  type NarInfo,
  NarInfoFormatError,
  narInfoFingerprint,
  parseNarInfo,
  parseSigningKey,
  SigningKeyFormatError,
} from "../../substituter/index.ts";
import { file } from "../nix/support/nodes.ts";

describe("narinfos and signatures of the real Nix", function () {
  this.timeout(120_000);
  let nix: RealNix;
  let secretKey: string;
  let publicKey: string;
  /** What Nix wrote of each path. */
  const written = new Map<string, string>();

  const run = async (script: string) => new TextDecoder().decode(await nix.run(script));

  before(async () => {
    nix = await openNix();
    const paths = ["0", "1"].map((digit) => `/nix/store/${digit.repeat(32)}-built`);
    const stream = encodeExport(
      paths.map((path, index) => ({
        path,
        nar: encodeNar(file(`built ${path} with ${paths.slice(0, index).join()}`)),
        references: paths.slice(0, index),
        deriver: index === 0 ? undefined : `/nix/store/${"2".repeat(32)}-built.drv`,
      })),
    );
    await writeFile(`${nix.folder}/built.export`, stream);
    publicKey = (
      await run(`
        nix key generate-secret --key-name test-1 > secret
        nix key convert-secret-to-public < secret`)
    ).trim();
    secretKey = await readFile(`${nix.folder}/secret`, "utf8");
    await run(`
      nix-store --import < built.export
      nix copy --to "file:///stage/cache?compression=none&secret-key=/stage/secret" ${paths.join(" ")}
      nix copy --to "file:///stage/compressed?compression=xz" ${paths.join(" ")}`);
    for (const cache of ["cache", "compressed"]) {
      for (const name of await readdir(`${nix.folder}/${cache}`)) {
        if (name.endsWith(".narinfo")) {
          written.set(`${cache}/${name}`, await readFile(`${nix.folder}/${cache}/${name}`, "utf8"));
        }
      }
    }
  });
  after(() => nix?.close());

  it("writes what Nix wrote, from what it reads", () => {
    assert.ok(written.size >= 4, [...written.keys()].join());
    for (const [name, text] of written) {
      assert.equal(formatNarInfo(parseNarInfo(text)), text, name);
    }
  });

  it("makes the signatures that Nix made, and knows them from others", () => {
    const key = parseSigningKey(secretKey);
    assert.equal(key.publicKey, publicKey);
    const signed = [...written.values()].map(parseNarInfo).filter(({ signatures }) => signatures.length > 0);
    assert.ok(signed.length >= 2);
    for (const info of signed) {
      const fingerprint = narInfoFingerprint(info);
      assert.deepEqual(info.signatures, [key.sign(fingerprint)]);
      assert.ok(isSignedBy(publicKey, fingerprint, info.signatures[0]!));
      assert.ok(
        !isSignedBy(
          publicKey,
          narInfoFingerprint({ ...info, narSize: info.narSize + 1 }),
          info.signatures[0]!,
        ),
      );
    }
  });

  it("refuses keys that are none, and never shows a secret", () => {
    const [name, bytes] = secretKey.trim().split(":");
    for (const text of [
      "",
      "test-1",
      `${name}:`,
      `:${bytes}`,
      `${name}:${bytes!.slice(4)}`,
      `${name}:AAAA${bytes!.slice(4)}`,
    ]) {
      assert.throws(
        () => parseSigningKey(text),
        (error: Error) =>
          error instanceof SigningKeyFormatError && !error.message.includes(bytes!.slice(8, 40)),
        text,
      );
    }
  });

  it("is read by Nix, which wants our signature", async () => {
    const text = [...written].find(([name]) => name.startsWith("cache/0"))![1];
    const { signatures: _, ...info } = parseNarInfo(text);
    const nar = await readFile(`${nix.folder}/cache/${info.url}`);
    const key = parseSigningKey(secretKey);
    const publish = async (cache: string, published: NarInfo) => {
      await mkdir(`${nix.folder}/${cache}/nar`, { recursive: true });
      await writeFile(`${nix.folder}/${cache}/nix-cache-info`, "StoreDir: /nix/store\n");
      await writeFile(`${nix.folder}/${cache}/nar/one.nar`, nar);
      const hashPart = info.storePath.slice("/nix/store/".length).slice(0, 32);
      await writeFile(`${nix.folder}/${cache}/${hashPart}.narinfo`, formatNarInfo(published));
    };
    const ours = { ...info, url: "nar/one.nar", references: [...info.references] };
    await publish("signed", { ...ours, signatures: [key.sign(narInfoFingerprint(ours))] });
    await publish("unsigned", { ...ours, signatures: [] });
    const copy = (cache: string) =>
      run(`
        nix-store --delete --ignore-liveness $(nix-store -q --referrers-closure ${info.storePath}) > /dev/null 2>&1 || true
        nix copy --from file:///stage/${cache} --option trusted-public-keys '${publicKey}' ${info.storePath}
        nix-store -q --hash ${info.storePath}`);
    assert.match(await copy("signed"), /sha256:/);
    await assert.rejects(copy("unsigned"), /lacks a signature|signature/);
  });

  it("refuses what Nix does not write", () => {
    const [text] = written.values();
    const without = (field: string) => text!.replace(new RegExp(`^${field}: .*\n`, "m"), "");
    const changed: [string, string][] = [
      ["no end", text!.slice(0, -1)],
      ["an empty text", ""],
      ...["StorePath", "URL", "NarHash", "NarSize"].map((field): [string, string] => [
        `no ${field}`,
        without(field),
      ]),
      ["a field twice", `${text}URL: nar/other.nar\n`],
      ["no field", `${text}nothing\n`],
      ["an empty line", `${text}\n`],
      ["another store", text!.replace("StorePath: /nix", "StorePath: /gnu")],
      ["a size with a sign", text!.replace(/NarSize: /, "NarSize: -")],
      ["a huge size", text!.replace(/NarSize: .*/, "NarSize: 99999999999999999")],
      ["another hash", text!.replace(/NarHash: sha256:/, "NarHash: sha512:")],
      ["a reference that is a path", text!.replace(/References: .*/, "References: /nix/store/x")],
      ["a signature of nothing", `${text}Sig: key:AAAA\n`],
    ];
    for (const [what, malformed] of changed) {
      assert.throws(() => parseNarInfo(malformed), NarInfoFormatError, what);
    }
  });
});
