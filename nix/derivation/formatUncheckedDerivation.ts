import type { Derivation } from "./derivation.ts";

const ESCAPED = /["\\\n\r\t]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** A derivation's ATerm without any checks: the inputs' paths may be hashes, as in `hashDerivationModulo`. */
export function formatUncheckedDerivation(derivation: Derivation): string {
  const { outputs, inputDrvs, inputSrcs, system, builder, args, env } = derivation;
  const fields = [
    list(
      outputs.map(({ name, path, hashAlgo, hash }) =>
        tuple([plain(name), plain(path), plain(hashAlgo), plain(hash)]),
      ),
    ),
    list(inputDrvs.map((input) => tuple([plain(input.path), list(input.outputs.map(plain))]))),
    list(inputSrcs.map(plain)),
    plain(system),
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

/** Nix escapes nothing in these fields; `formatDerivation` checks that nothing in them needs it. */
function plain(text: string): string {
  return `"${text}"`;
}

function string(text: string): string {
  return `"${text.replace(ESCAPED, (character) => ESCAPES[character] as string)}"`;
}
