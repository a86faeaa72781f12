import { quote } from "../bytes/quote.ts";
import { DerivationFormatError } from "../nixErrors.ts";

/** A run of characters that a string holds unescaped. */
const PLAIN = /[^"\\\n\r\t\0]*/y;

/** Runs are joined in blocks, so that a string of nothing but escapes needs little memory. */
const RUNS_PER_BLOCK = 4096;

const UNESCAPED = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** Walks over an ATerm and refuses what Nix would not have written in that place. */
export class ATermReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get position(): number {
    return this.#position;
  }

  expect(token: string): void {
    if (!this.#text.startsWith(token, this.#position)) {
      this.fail(`expected ${quote(token)}, found ${this.#found()}`);
    }
    this.#position += token.length;
  }

  expectEnd(): void {
    if (this.#position !== this.#text.length) {
      this.fail("trailing characters after the derivation");
    }
  }

  string(): string {
    this.expect('"');
    const blocks: string[] = [];
    let runs = [this.#plainRun()];
    for (;;) {
      const character = this.#text.charAt(this.#position);
      if (character === '"') {
        this.#position += 1;
        return blocks.length === 0 && runs.length === 1 ? (runs[0] as string) : blocks.concat(runs).join("");
      }
      if (character !== "\\") {
        this.fail(`expected the end of a string, found ${this.#found()}`);
      }
      runs.push(this.#escape(), this.#plainRun());
      if (runs.length > RUNS_PER_BLOCK) {
        blocks.push(runs.join(""));
        runs = [];
      }
    }
  }

  /** A string in a field where Nix escapes nothing, so that nothing in it may need an escape. */
  plainString(): string {
    this.expect('"');
    const value = this.#plainRun();
    if (this.#text.charAt(this.#position) !== '"') {
      this.fail(`expected the end of a string without escapes, found ${this.#found()}`);
    }
    this.#position += 1;
    return value;
  }

  list<T>(item: () => T): T[] {
    this.expect("[");
    const items: T[] = [];
    if (this.#text.charAt(this.#position) !== "]") {
      items.push(item());
      while (this.#text.charAt(this.#position) !== "]") {
        this.expect(",");
        items.push(item());
      }
    }
    this.expect("]");
    return items;
  }

  fail(reason: string, position = this.#position): never {
    throw new DerivationFormatError(reason, position);
  }

  #plainRun(): string {
    PLAIN.lastIndex = this.#position;
    const [run = ""] = PLAIN.exec(this.#text) ?? [];
    this.#position += run.length;
    return run;
  }

  #escape(): string {
    const character = UNESCAPED.get(this.#text.charAt(this.#position + 1));
    if (character === undefined) {
      this.fail('expected one of the escapes \\", \\\\, \\n, \\r and \\t');
    }
    this.#position += 2;
    return character;
  }

  #found(): string {
    const found = this.#text.slice(this.#position, this.#position + 16);
    return found === "" ? "the end" : quote(found);
  }
}
