import type { NarNode } from "../../../nix/index.ts";
import { bytes, directory, file, link, program } from "../support/nodes.ts";

/** A tree with one of each thing that a NAR can hold, and names that sort differently as bytes and as text. */
export const goldenTree: NarNode = directory(
  [
    "a",
    directory(
      ["file", file("contents\n")],
      ["program", program("#!/bin/sh\n")],
      ["empty", file("")],
      ["eight", file("12345678")],
    ),
  ],
  ["a-b", link("a/file")],
  ["a.b", directory()],
  ["B", file(new Uint8Array(300).map((_, index) => index))],
  ["with space", link("../outside/of the tree")],
  ["\uff5e", file("three bytes")],
  ["\u{1f600}", file("four bytes")],
  [Uint8Array.of(...bytes("latin1-"), 0xff), file("not UTF-8")],
);
