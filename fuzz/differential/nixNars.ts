import { writeFile } from "node:fs/promises";
import { NarFormatError, validateNar } from "../../nix/index.ts";
import type { Differential } from "../differential.ts";
import { looseNar } from "../generators/looseNar.ts";
import { samples } from "../generators/samples.ts";
import nars from "../targets/nars.ts";

export default {
  description: "archives: exactly those that nix-store restores and dumps to the same bytes",
  seeds: (seed) => [...nars.seeds(seed), ...samples(looseNar, seed)],
  dictionary: nars.dictionary,
  mutate: nars.mutate,
  nixAcceptsMore: false,
  ours: (input) => {
    try {
      validateNar(input);
      return "canonical";
    } catch (error) {
      if (error instanceof NarFormatError) {
        return undefined;
      }
      throw error;
    }
  },
  ask: async (nix, inputs) => {
    for (const [index, input] of inputs.entries()) {
      await writeFile(`${nix.folder}/${index}.nar`, input);
    }
    const taken = await nix.run(`
      for index in $(seq 0 ${inputs.length - 1}); do
        nar=$index.nar
        if nix-store --restore restored < $nar && nix-store --dump restored | cmp -s - $nar; then echo $index; fi
        rm -rf restored
      done`);
    const indices = new Set(new TextDecoder().decode(taken).split("\n").filter(Boolean).map(Number));
    return inputs.map((_, index) => (indices.has(index) ? "canonical" : undefined));
  },
} satisfies Differential;
