import type { AcceptedOutput } from "../acceptedOutput.ts";

/** A place that has a NAR, which nothing authenticates until it is hashed. */
export interface FoundNar {
  /** Signatures that somebody else made of the same path, content and references. */
  readonly signatures: readonly string[];
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Where NARs may come from. */
export interface NarSource {
  /** For messages: an address. */
  readonly name: string;
  /** Whether the source has the output's NAR: `undefined` if it has not, or has another. */
  find(output: AcceptedOutput, signal: AbortSignal): Promise<FoundNar | undefined>;
}
