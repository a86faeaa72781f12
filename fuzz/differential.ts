import type { RealNix } from "./openNix.ts";
import type { Target } from "./target.ts";

/** One of our parsers compared with the real Nix's. */
export interface Differential extends Pick<Target, "description" | "seeds" | "dictionary" | "mutate"> {
  /** Our result for an input, comparable with Nix's; `undefined` if we refuse it. */
  ours(input: Uint8Array): string | undefined;
  /** Nix's result for each of them; `undefined` if it refuses it. */
  ask(nix: RealNix, inputs: readonly Uint8Array[]): Promise<(string | undefined)[]>;
  /** Whether Nix may accept more than we do: spellings that it would not write itself. */
  readonly nixAcceptsMore: boolean;
}
