import { writeFile } from "node:fs/promises";
import { formatHash, HashFormatError, parseHash } from "../../nix/index.ts";
import type { Differential } from "../differential.ts";
import hashes from "../targets/hashes.ts";

const PRINTABLE = /^[!-~]+$/;
const REFUSED = "refused";

export default {
  description: "hashes and their base 32: what we accept, nix hash reads as the same digest",
  seeds: hashes.seeds,
  dictionary: hashes.dictionary,
  nixAcceptsMore: true,
  ours: (input) => {
    try {
      return formatHash(parseHash(Buffer.from(input).toString("latin1")), "sri");
    } catch (error) {
      if (error instanceof HashFormatError) {
        return undefined;
      }
      throw error;
    }
  },
  ask: async (nix, inputs) => {
    const texts = inputs.map((input) => Buffer.from(input).toString("latin1"));
    const lines = texts.map((text) => (PRINTABLE.test(text) ? text : "-"));
    await writeFile(`${nix.folder}/hashes`, lines.map((line) => `${line}\n`).join(""));
    const output = await nix.run(`
      while IFS= read -r hash; do
        nix hash convert --to sri -- "$hash" || echo ${REFUSED}
      done < hashes`);
    const answers = new TextDecoder().decode(output).trimEnd().split("\n");
    return answers.map((answer) => (answer === REFUSED ? undefined : answer));
  },
} satisfies Differential;
