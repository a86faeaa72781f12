import { createRequire } from "node:module";

/** solc's standard JSON input. */
export interface SolcInput {
  readonly language: string;
  readonly sources: Readonly<Record<string, { readonly content: string }>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

interface Bytecode {
  readonly object: string;
}

interface SolcOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly sources?: Readonly<Record<string, { readonly ast: unknown }>>;
  readonly contracts?: Readonly<
    Record<string, Readonly<Record<string, { evm: { bytecode: Bytecode; deployedBytecode: Bytecode } }>>>
  >;
}

const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };

/** Compiles in this process; returns `undefined` if a source does not compile. */
export function compile(input: SolcInput): SolcOutput | undefined {
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as SolcOutput;
  return output.errors?.some(({ severity }) => severity === "error") ? undefined : output;
}
