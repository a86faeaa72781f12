import type { Random } from "../random.ts";
import { splice } from "./splice.ts";

const TOKEN = /"(?:[^"\\]|\\.)*"|[[\](),]|Derive/g;
const ODD = [
  '""',
  '"\\n"',
  '"\\\\"',
  '"\\"',
  '"\\x"',
  '"\0"',
  '"\u{1f600}"',
  '"r:sha256"',
  '"out"',
  "[]",
  "()",
  "[[",
  ",",
];

const TYPED = ["a", "Z", "/", " ", "é", "\u{1f600}", "\u0001", "\x7f", "\\n", '\\"', "\\\\", "\\t", "-", "0"];

/** Changes a derivation's text by whole tokens, or by what stands between two commas. */
export function mutateATerm(input: Uint8Array, random: Random): Uint8Array {
  const text = Buffer.from(input).toString("latin1");
  const tokens = [...text.matchAll(TOKEN)];
  if (tokens.length < 2) {
    return input;
  }
  const token = random.pick(tokens);
  const other = random.pick(tokens);
  const insert = (piece: string) => Buffer.from(piece, "latin1");
  const [from, to] = [token, other].sort((a, b) => a.index - b.index) as [RegExpExecArray, RegExpExecArray];
  const strings = tokens.filter(([text]) => text.startsWith('"'));
  const swapStrings = () => {
    const [one, two] = [random.pick(strings), random.pick(strings)];
    return splice(input, one.index, one[0].length, insert(two[0]));
  };
  const typeInString = () => {
    const { index, 0: string } = random.pick(strings);
    const position = index + 1 + random.below(string.length - 1);
    return splice(input, position, random.below(2), Buffer.from(random.pick(TYPED)));
  };
  if (strings.length > 0 && random.oneIn(2)) {
    return random.oneIn(2) ? swapStrings() : typeInString();
  }
  return random.pick([
    () => splice(input, token.index, token[0].length),
    () => splice(input, token.index, token[0].length, insert(other[0])),
    () => splice(input, token.index, token[0].length, Buffer.from(random.pick(ODD))),
    () => splice(input, token.index, 0, insert(text.slice(from.index, to.index))),
    () => splice(input, from.index, to.index - from.index),
    () =>
      splice(
        input,
        token.index + 1,
        0,
        Buffer.from(random.pick(["\\n", "\\t", "\\\\", '\\"', "\\", "\n", "é"])),
      ),
  ])();
}
