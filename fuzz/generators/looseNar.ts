import fc from "fast-check";
import { narWords } from "./narWords.ts";

type Words = string[];

const name = fc.constantFrom(
  "",
  ".",
  "..",
  "...",
  "a",
  "b",
  "B",
  "a/b",
  "a\0",
  "é",
  "x".repeat(255),
  "x".repeat(256),
);
const contents = fc.constantFrom("", "1234567", "12345678", "\0");
const target = fc.constantFrom("", "a", "../../test", "a\0b", "t".repeat(4095), "t".repeat(4096));

const regular: fc.Arbitrary<Words> = fc.oneof(
  contents.map((text) => ["regular", "contents", text]),
  contents.map((text) => ["regular", "executable", "", "contents", text]),
  fc.constantFrom<Words>(
    ["regular"],
    ["regular", "executable", "1", "contents", ""],
    ["regular", "executable", ""],
  ),
);
const symlink: fc.Arbitrary<Words> = target.map((text) => ["symlink", "target", text]);

const { node } = fc.letrec<{ node: Words; entry: Words; directory: Words }>((tie) => ({
  node: fc
    .oneof({ depthSize: "small" }, regular, symlink, tie("directory"))
    .map((words) => ["(", "type", ...words, ")"]),
  entry: fc
    .tuple(name, tie("node"))
    .map(([text, words]) => ["entry", "(", "name", text, "node", ...words, ")"]),
  directory: fc.array(tie("entry"), { maxLength: 3 }).map((entries) => ["directory", ...entries.flat()]),
}));

/** Archives of the right strings, but with names, targets, fields and orders some of which are forbidden. */
export const looseNar: fc.Arbitrary<Uint8Array> = node.map((words) => narWords("nix-archive-1", ...words));
