import type { RealNix } from "../test/nix/support/openNix.ts";
import type { Target } from "./target.ts";

/** A parser of ours beside the real Nix's. */
export interface Differential extends Pick<Target, "description" | "seeds" | "dictionary" | "mutate"> {
  /** What we make of an input, in words that Nix's answer can be compared with; `undefined` where we refuse it. */
  ours(input: Uint8Array): string | undefined;
  /** What Nix makes of each of them. */
  ask(nix: RealNix, inputs: readonly Uint8Array[]): Promise<(string | undefined)[]>;
  /** Whether Nix may take more than we do, in spellings that it would not write itself. */
  readonly nixTakesMore: boolean;
}
