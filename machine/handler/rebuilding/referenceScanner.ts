import { parseStorePath } from "../../../nix/index.ts";

const DIGEST_LENGTH = 32;
const IS_BASE32_DIGIT = new Uint8Array(256);
for (const digit of Buffer.from("0123456789abcdfghijklmnpqrsvwxyz")) {
  IS_BASE32_DIGIT[digit] = 1;
}

/** Finds the store paths that a NAR refers to, as Nix does: those whose digest occurs anywhere in it. */
export class ReferenceScanner {
  readonly #candidates: ReadonlyMap<string, string>;
  readonly #found = new Set<string>();
  /** The end of the bytes so far, where a digest may have begun. */
  #rest: Buffer = Buffer.alloc(0);

  /** @param candidates the store paths that may be referred to. */
  constructor(candidates: Iterable<string>) {
    this.#candidates = new Map([...candidates].map((path) => [parseStorePath(path).digest, path]));
  }

  push(piece: Uint8Array): void {
    const bytes = Buffer.concat([this.#rest, piece]);
    let digits = 0;
    for (let end = 1; end <= bytes.length; end += 1) {
      digits = IS_BASE32_DIGIT[bytes[end - 1] ?? 0] ? digits + 1 : 0;
      if (digits < DIGEST_LENGTH) {
        continue;
      }
      const path = this.#candidates.get(bytes.toString("latin1", end - DIGEST_LENGTH, end));
      if (path !== undefined) {
        this.#found.add(path);
      }
    }
    this.#rest = bytes.subarray(Math.max(0, bytes.length - DIGEST_LENGTH + 1));
  }

  /** Sorted. */
  get references(): string[] {
    return [...this.#found].sort();
  }
}
