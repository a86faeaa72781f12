import type { Address } from "viem";

/** What the machine vouches for with the notice of one build. Hashes are sha256, as 64 hexadecimal digits. */
export interface Statement {
  readonly chainId: bigint;
  /** The application whose machine built. Its contract holds the template hash, which the template itself cannot hold. */
  readonly application: Address;
  /** The input that asked for the build. */
  readonly inputIndex: bigint;
  /** The time of the input's block, in seconds since 1970: the build's own clock always starts at the same moment. */
  readonly blockTimestamp: bigint;
  readonly drvPath: string;
  /** Hash of the bundle that the request named; all zero when it named none. */
  readonly bundle: string;
  /** The platform that the derivation was built for, such as `riscv64-linux`. */
  readonly system: string;
  readonly nixVersion: string;
  /** At least one. */
  readonly outputs: readonly StatedOutput[];
  /** What the derivation was built from directly. */
  readonly inputs: readonly StatedInput[];
  /** Hash of the builder's log. */
  readonly logHash: string;
}

/** One output that a statement vouches for. */
export interface StatedOutput {
  /** The output's name in the derivation, `out` most of the time. */
  readonly name: string;
  /** Its store path. */
  readonly path: string;
  readonly narHash: string;
  /** In bytes. */
  readonly narSize: number;
  /** Store paths. */
  readonly references: readonly string[];
}

/** One direct input of the derivation. */
export interface StatedInput {
  /** Its store path. */
  readonly path: string;
  readonly narHash: string;
}

export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
export const PREDICATE_TYPE = "https://slsa.dev/provenance/v1";
/** Names the steps of a build: docs/formats.md describes them. */
export const BUILD_TYPE = "urn:cartenix:nix-build:v1";

/** Bytes of the longest statement that a reader accepts. */
export const MAX_STATEMENT_BYTES = 2 * 1024 * 1024;
