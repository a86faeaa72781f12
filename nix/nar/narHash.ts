import { createHash } from "node:crypto";
import { NarStream } from "./narEvents.ts";
import { DEFAULT_NAR_LIMITS, type NarLimits } from "./narLimits.ts";

/** What Nix records of a store path's content. */
export interface NarHash {
  readonly sha256: Uint8Array;
  /** Bytes of the NAR. */
  readonly size: number;
}

/**
 * Validates and hashes a NAR, whole or in chunks, without buffering it.
 *
 * @throws {NarFormatError} when it is not canonical.
 * @throws {NarLimitError} when it exceeds a limit.
 */
export function narHash(
  nar: Uint8Array | Iterable<Uint8Array>,
  limits: NarLimits = DEFAULT_NAR_LIMITS,
): NarHash {
  const hasher = new NarHasher(limits);
  for (const chunk of nar instanceof Uint8Array ? [nar] : nar) {
    hasher.push(chunk);
  }
  return hasher.end();
}

/** `narHash` for chunks that arrive over time, such as the output of `nix-store --dump`. */
export async function narHashAsync(
  chunks: AsyncIterable<Uint8Array>,
  limits: NarLimits = DEFAULT_NAR_LIMITS,
): Promise<NarHash> {
  const hasher = new NarHasher(limits);
  for await (const chunk of chunks) {
    hasher.push(chunk);
  }
  return hasher.end();
}

class NarHasher {
  readonly #hash = createHash("sha256");
  readonly #stream: NarStream;
  #size = 0;

  constructor(limits: NarLimits) {
    this.#stream = new NarStream(limits);
  }

  push(chunk: Uint8Array): void {
    for (const _event of this.#stream.push(chunk)) {
    }
    this.#hash.update(chunk);
    this.#size += chunk.length;
  }

  end(): NarHash {
    for (const _event of this.#stream.end()) {
    }
    return { sha256: new Uint8Array(this.#hash.digest()), size: this.#size };
  }
}
