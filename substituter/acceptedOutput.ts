import type { Context } from "hono";
import type { BoundContent } from "../client/store/index.ts";

/** A store path with the content that some authority accepts: all that a substituter says comes from here. */
export interface AcceptedOutput {
  readonly storePath: string;
  /** The sha256 of its NAR, 32 bytes. */
  readonly narHash: Uint8Array;
  /** The NAR's length in bytes. */
  readonly narSize: number;
  /** Sorted store paths. */
  readonly references: readonly string[];
  /** Whether the references are only what some cache states. Then the NAR itself must contain these and no others. */
  readonly hasStatedReferences?: boolean;
  /** The content that its own name stands for, where that is why it is accepted. Then hash and size are only what some cache states. */
  readonly boundContent?: BoundContent;
  readonly deriver?: string | undefined;
}

/**
 * Finds what is accepted for the 32 characters of a store path. The context is that of the request, for a substituter that is
 * mounted under a path with parameters.
 */
export type FindAccepted = (hashPart: string, context: Context) => Promise<AcceptedOutput | undefined>;
