import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import {
  compareStorePaths,
  decodeExport,
  type ExportedPath,
  encodeExport,
  NixFormatError,
} from "../../nix/index.ts";
import type { Differential } from "../differential.ts";
import { closure, isSelfContained } from "../generators/closure.ts";
import { samples } from "../generators/samples.ts";
import exports from "../targets/exports.ts";

export default {
  description: "export streams: what we accept, nix-store imports and exports as the same paths",
  seeds: (seed) => samples(closure.map(encodeExport), seed),
  dictionary: exports.dictionary,
  mutate: exports.mutate,
  nixAcceptsMore: true,
  ours: (input) => {
    const paths = read(input);
    return isSelfContained(paths) ? describe(paths ?? []) : undefined;
  },
  ask: async (nix, inputs) => {
    const folder = `${nix.folder}/streams`;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    for (const [index, input] of inputs.entries()) {
      if (isSelfContained(read(input))) {
        await writeFile(`${folder}/${index}`, input);
      }
    }
    await nix.run(`
      cd streams
      for stream in $(ls); do
        if nix-store --import < $stream > $stream.paths; then nix-store --export $(cat $stream.paths) > $stream.again; fi
        for path in $(tac $stream.paths); do nix-store --delete --ignore-liveness $path > /dev/null; done
      done`);
    return Promise.all(
      inputs.map(async (_, index) => {
        const again = await readFile(`${folder}/${index}.again`).catch(() => undefined);
        return again && describe(decodeExport(again));
      }),
    );
  },
} satisfies Differential;

function read(input: Uint8Array): ExportedPath[] | undefined {
  try {
    return decodeExport(input);
  } catch (error) {
    if (error instanceof NixFormatError) {
      return undefined;
    }
    throw error;
  }
}

function describe(paths: readonly ExportedPath[]): string {
  const sorted = paths.toSorted((a, b) => compareStorePaths(a.path, b.path));
  const nars = sorted.map(({ nar, ...rest }) => ({ ...rest, nar: Buffer.from(nar).toString("base64") }));
  return JSON.stringify(nars);
}
