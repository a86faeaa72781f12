import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import fc from "fast-check";
import {
  checkDerivation,
  type Derivation,
  encodeExport,
  encodeNar,
  formatDerivation,
  NixFormatError,
  parseDerivation,
  storePathForDerivation,
  storePathForText,
} from "../../nix/index.ts";
import type { Differential } from "../differential.ts";
import { drvText, plainText } from "../generators/nixArbitraries.ts";
import { samples, utf8 } from "../generators/samples.ts";
import { fixedFile } from "../generators/shellPackage.ts";
import { mutateATerm } from "../mutations/aTerm.ts";
import derivations from "../targets/derivations.ts";

const NAME = "fuzzed";

/** The path of a fixed output depends on its hash only, so that Nix reads all the rest without refusing the path. */
const fixed: fc.Arbitrary<Derivation> = fc
  .record({ builder: drvText, system: plainText, args: fc.array(drvText, { maxLength: 3 }), value: drvText })
  .map(({ builder, system, args, value }) => {
    const { derivation } = fixedFile(NAME, value, { mode: "flat", algorithm: "sha256" }).declaration;
    const env = [...derivation.env, ["x", value] as const].sort(([a], [b]) => (a < b ? -1 : 1));
    return { ...derivation, builder: `/${builder}`, system: `${system}-linux`, args, env };
  });

export default {
  description: "derivations: exactly those that Nix registers and would write the same again",
  seeds: (seed) => samples(fixed.map(formatDerivation).map(utf8), seed),
  dictionary: derivations.dictionary,
  mutate: mutateATerm,
  nixAcceptsMore: false,
  ours: (input) => {
    const derivation = read(input);
    return derivation && isSound(derivation) && !needsOthers(derivation) ? "canonical" : undefined;
  },
  ask: async (nix, inputs) => {
    const folder = `${nix.folder}/drvs`;
    await rm(folder, { recursive: true, force: true });
    await mkdir(`${folder}/shown`, { recursive: true });
    const paths = inputs.map(pathOf);
    for (const [index, input] of inputs.entries()) {
      const path = paths[index] as string;
      const nar = encodeNar({ kind: "regular", executable: false, contents: input });
      const stream = encodeExport([{ path, nar, references: [], deriver: undefined }]);
      await writeFile(`${folder}/${basename(path)}`, stream);
    }
    await nix.run(`
      for drv in drvs/*.drv; do
        path=$(nix-store --import < $drv) && nix derivation show $path > drvs/shown/$(basename $path) || true
      done`);
    for (const name of await readdir(`${folder}/shown`)) {
      await unwrap(`${folder}/shown/${name}`);
    }
    const added = await nix.run("for drv in drvs/shown/*; do nix derivation add < $drv || true; done");
    const canonical = new Set(lines(added));
    return paths.map((path) => (canonical.has(path) ? "canonical" : undefined));
  },
} satisfies Differential;

/** `nix derivation add` reads the derivation itself; Nix cannot show one that is not UTF-8. */
async function unwrap(file: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const [shown = null] = text === "" ? [] : Object.values(JSON.parse(text));
  await writeFile(file, JSON.stringify(shown));
}

function read(input: Uint8Array): Derivation | undefined {
  try {
    return parseDerivation(input);
  } catch (error) {
    if (error instanceof NixFormatError) {
      return undefined;
    }
    throw error;
  }
}

function isSound(derivation: Derivation): boolean {
  try {
    checkDerivation(storePathForDerivation(NAME, derivation), derivation, () => {
      throw new Error("the inputs of a fixed output do not affect its hash");
    });
    return true;
  } catch (error) {
    if (error instanceof NixFormatError) {
      return false;
    }
    throw error;
  }
}

/** Dependencies are not in Nix's store, so it would refuse the derivation because of them. */
function needsOthers({ inputDrvs, inputSrcs }: Derivation): boolean {
  return inputDrvs.length > 0 || inputSrcs.length > 0;
}

function pathOf(contents: Uint8Array): string {
  return storePathForText({ name: `${NAME}.drv`, contents, references: [] });
}

function lines(output: Uint8Array): string[] {
  return new TextDecoder().decode(output).split("\n").filter(Boolean);
}
