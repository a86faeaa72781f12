import assert from "node:assert/strict";
import fc from "fast-check";
import { before, describe, it } from "mocha";
import { parseAbi } from "viem";
import { storePath } from "./support/sampleOutputs.ts";
import { startChain } from "./support/startChain.ts";

const probeAbi = parseAbi([
  "function isStorePath(string) view returns (bool)",
  "function isDerivationPath(string) view returns (bool)",
  "function isName(string) view returns (bool)",
]);

const NAME = /^(?!\.$|\.\.$|\.-|\.\.-)[0-9a-zA-Z+\-._?=]{1,211}$/;
const STORE_PATH = /^\/nix\/store\/[0-9abcdfghijklmnpqrsvwxyz]{32}-(.*)$/s;

const isName = (text: string) => NAME.test(text) && !text.includes("\n");
const isStorePath = (text: string) => isName(STORE_PATH.exec(text)?.[1] ?? "");
const isDerivationPath = (text: string) => isStorePath(text) && /-.+\.drv$/.test(text.slice(43));

const digest = storePath("", "x").slice(11, 43);
const path = (name: string) => `/nix/store/${digest}-${name}`;

describe("NixPath", () => {
  let probe: Awaited<ReturnType<typeof deployProbe>>;

  async function deployProbe() {
    return (await startChain()).deploy("NixPathProbe", probeAbi);
  }

  before(async () => {
    probe = await deployProbe();
  });

  it("accepts each character where Nix does, at every position of a word", async () => {
    const characters = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
    await inParallel(characters, async (character) => {
      const place = character.charCodeAt(0) % 33;
      const name = `${"a".repeat(place)}${character}${"a".repeat(33 - place)}`;
      assert.equal(await probe.read.isName([name]), isName(name), JSON.stringify(name));
      const text = `/nix/store/${digest.slice(0, place % 32)}${character}${digest.slice((place % 32) + 1)}-x`;
      assert.equal(await probe.read.isStorePath([text]), isStorePath(text), JSON.stringify(text));
    });
  });

  it("accepts names of 1 to 211 characters", async () => {
    await inParallel([0, 1, 31, 32, 33, 63, 64, 65, 211, 212, 1000], async (length) => {
      const name = "n".repeat(length);
      const expected = length >= 1 && length <= 211;
      assert.equal(await probe.read.isName([name]), expected, `${length}`);
      assert.equal(await probe.read.isStorePath([path(name)]), expected, `${length}`);
    });
  });

  it("refuses a name with one wrong character, wherever it stands", async () => {
    const names = [31, 32, 33, 34, 63, 64, 65, 66, 97, 211].flatMap((length) =>
      Array.from({ length }, (_, place) => `${"a".repeat(place)}/${"a".repeat(length - place - 1)}`),
    );
    await inParallel(names, async (name) => assert.equal(await probe.read.isName([name]), false, name));
  });

  it("refuses the dot names that Nix refuses", async () => {
    const names = [".", "..", ".-", "..-", ".-a", "..-a", ".a", "..a", "...", ".a-", "a.", "-"];
    await inParallel(names, async (name) => {
      assert.equal(await probe.read.isName([name]), isName(name), name);
      assert.equal(await probe.read.isStorePath([path(name)]), isName(name), name);
    });
  });

  it("recognises a derivation by the end of its name", async () => {
    const names = [
      ".drv",
      "a.drv",
      "a.drv.",
      "adrv",
      "a.dr",
      "a.DRV",
      `${"a".repeat(207)}.drv`,
      `${"a".repeat(208)}.drv`,
    ];
    await inParallel(names, async (name) => {
      assert.equal(await probe.read.isDerivationPath([path(name)]), isDerivationPath(path(name)), name);
    });
  });

  it("refuses paths that are truncated, shifted or incomplete", async () => {
    const whole = path("hello");
    const wrong = Array.from({ length: 44 }, (_, length) => whole.slice(0, length + 1));
    wrong.push(
      whole.slice(1),
      `/${whole}`,
      whole.replace("nix", "gnu"),
      whole.replace("-", "_"),
      ` ${whole}`,
      `${whole}/bin`,
    );
    await inParallel(wrong, async (text) => assert.equal(await probe.read.isStorePath([text]), false, text));
  });

  it("agrees with a model on any text", async () => {
    const piece = fc.constantFrom(
      "/nix/store/",
      digest,
      "-",
      "hello",
      ".",
      "..",
      ".drv",
      "é",
      "\0",
      "e",
      "+?=_",
      "/",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
      fc.string({ unit: "binary-ascii", maxLength: 80 }).map(path),
    );
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        assert.equal(await probe.read.isName([value]), isName(value));
        assert.equal(await probe.read.isStorePath([value]), isStorePath(value));
        assert.equal(await probe.read.isDerivationPath([value]), isDerivationPath(value));
      }),
      { numRuns: 200 },
    );
  });
});

async function inParallel<T>(items: readonly T[], check: (item: T) => Promise<void>): Promise<void> {
  await Promise.all(items.map(check));
}
