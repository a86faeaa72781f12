import fc from "fast-check";
import {
  compareBytes,
  compareStorePaths,
  type Derivation,
  formatBase32,
  type NarEntry,
  type NarNode,
  STORE_DIR,
} from "../../nix/index.ts";

const NAME_CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-._?=";

export const storePathName: fc.Arbitrary<string> = fc
  .string({ unit: fc.constantFrom(...NAME_CHARACTERS), minLength: 1, maxLength: 24 })
  .filter((name) => !/^\.{1,2}(-|$)/.test(name));

export const storePath: fc.Arbitrary<string> = fc
  .tuple(fc.uint8Array({ minLength: 20, maxLength: 20 }), storePathName)
  .map(([digest, name]) => `${STORE_DIR}/${formatBase32(digest)}-${name}`);

export const references: fc.Arbitrary<string[]> = fc
  .uniqueArray(storePath, { maxLength: 4 })
  .map((paths) => paths.sort(compareStorePaths));

const entryName: fc.Arbitrary<Uint8Array> = fc
  .oneof(
    fc.uint8Array({ min: 1, minLength: 1, maxLength: 12 }),
    fc.string({ unit: fc.constantFrom(..."aAb.-_ é\uffff😀"), minLength: 1, maxLength: 6 }).map(utf8),
    fc.constantFrom("a".repeat(255), "...", ".a", "-").map(utf8),
  )
  .filter((name) => !name.includes(0x2f) && ![".", ".."].includes(latin1(name)));

/** Any tree that a file system can hold. */
export const narNode: fc.Arbitrary<NarNode> = fc.letrec<{ node: NarNode; entry: NarEntry }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    record({
      kind: fc.constant("regular" as const),
      executable: fc.boolean(),
      contents: fc.uint8Array({ maxLength: 40 }),
    }),
    record({
      kind: fc.constant("symlink" as const),
      target: fc.uint8Array({ min: 1, minLength: 1, maxLength: 20 }),
    }),
    fc.uniqueArray(tie("entry"), { maxLength: 5, selector: ({ name }) => latin1(name) }).map((entries) => ({
      kind: "directory" as const,
      entries: entries.sort((a, b) => compareBytes(a.name, b.name)),
    })),
  ),
  entry: record({ name: entryName, node: tie("node") }),
})).node;

/** Text that a `.drv` can hold, with many characters that need an escape. */
export const drvText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'ab"\\\n\r\t[](),:é\uffff😀\u0001'), maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 12 }).filter((text) => text.isWellFormed() && !text.includes("\0")),
);

/** Text for the fields in which a `.drv` has no escapes. */
export const plainText: fc.Arbitrary<string> = drvText.map((text) => text.replace(/["\\\n\r\t]/g, "-"));

/** Any derivation in canonical form; its output paths are random. */
export const derivation: fc.Arbitrary<Derivation> = record({
  outputs: sortedBy(
    record({
      name: plainText,
      path: fc.oneof(storePath, fc.constant("")),
      hashAlgo: fc.constantFrom("", "sha256", "r:sha256", "md5", "blake3"),
      hash: fc.constantFrom("", "impure", "ab".repeat(32), "ab".repeat(16), "AB"),
    }),
    ({ name }) => name,
    1,
  ),
  inputDrvs: sortedBy(
    record({
      path: storePath.map((path) => `${path}.drv`),
      outputs: sortedBy(plainText, (name) => name, 1),
    }),
    ({ path }) => path,
  ),
  inputSrcs: references,
  system: plainText,
  builder: drvText,
  args: fc.array(drvText, { maxLength: 4 }),
  env: sortedBy(fc.tuple(drvText, drvText), ([name]) => name),
});

/** Objects with the usual prototype, like those that our code creates. */
function record<T>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<T> {
  return fc.record<T>(model, { noNullPrototype: true });
}

function sortedBy<T>(item: fc.Arbitrary<T>, key: (item: T) => string, minLength = 0): fc.Arbitrary<T[]> {
  const bytesOf = (value: T) => utf8(key(value));
  return fc
    .uniqueArray(item, { minLength, maxLength: 4, selector: key })
    .map((items) => items.sort((a, b) => compareBytes(bytesOf(a), bytesOf(b))));
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
