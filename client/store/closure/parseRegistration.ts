import { isStorePath } from "../../../nix/index.ts";
import { NixQueryError } from "../storeErrors.ts";

const HASH = /^[0-9a-f]{64}$/;
const NUMBER = /^(0|[1-9][0-9]{0,15})$/;

/**
 * Parses what `nix-store --dump-db PATH…` prints: of each path a line with the path, its NAR hash, its NAR's size, its deriver or nothing,
 * the number of its references, and each of them.
 *
 * @returns the references of each path.
 * @throws {NixQueryError} when it is anything else.
 */
export function parseRegistration(text: string): Map<string, string[]> {
  const lines = text.split("\n");
  let at = 0;

  function line(what: string, isValid: (text: string) => boolean): string {
    const found = lines[at];
    if (found === undefined || !isValid(found)) {
      throw new NixQueryError(`nix-store --dump-db prints something else than ${what}`, {
        details: `line ${at + 1}: ${found === undefined ? "the end" : JSON.stringify(found.slice(0, 200))}`,
      });
    }
    at += 1;
    return found;
  }

  const registered = new Map<string, string[]>();
  while (at < lines.length - 1) {
    const path = line("a store path", isStorePath);
    line("a hash in base 16", (hash) => HASH.test(hash));
    line("the size of a NAR", (size) => NUMBER.test(size));
    line("a deriver or nothing", (deriver) => deriver === "" || isStorePath(deriver));
    const count = Number(line("the number of references", (number) => NUMBER.test(number)));
    const references: string[] = [];
    while (references.length < count) {
      references.push(line("a reference", isStorePath));
    }
    registered.set(path, references);
  }
  line("an end of line at the end", (rest) => rest === "");
  return registered;
}
