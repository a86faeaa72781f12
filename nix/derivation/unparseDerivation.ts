import type { Derivation } from "./derivation.ts";

/** A derivation's ATerm without any check; the inputs' paths may be hashes, as in `hashDerivationModulo`. */
export function unparseDerivation(derivation: Derivation): string {
  const { outputs, inputDrvs, inputSrcs, system, builder, args, env } = derivation;
  const fields = [
    list(
      outputs.map(({ name, path, hashAlgo, hash }) =>
        tuple([string(name), string(path), string(hashAlgo), string(hash)]),
      ),
    ),
    list(inputDrvs.map((input) => tuple([string(input.path), list(input.outputs.map(string))]))),
    list(inputSrcs.map(string)),
    string(system),
    string(builder),
    list(args.map(string)),
    list(env.map(([name, value]) => tuple([string(name), string(value)]))),
  ];
  return `Derive${tuple(fields)}`;
}

function list(items: readonly string[]): string {
  return `[${items.join(",")}]`;
}

function tuple(items: readonly string[]): string {
  return `(${items.join(",")})`;
}

const ESCAPED = /["\\\n\r\t]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function string(text: string): string {
  return `"${text.replace(ESCAPED, (character) => ESCAPES[character] as string)}"`;
}
