import type { Client } from "viem";
import { formatSha256Sri, type NarHash } from "../nix/index.ts";
import type { Status } from "../trust/index.ts";
import { type CompareHashesParameters, type Comparison, compareHashes } from "./chain/index.ts";
import { type LocalContentAddress, localContentAddress } from "./store/index.ts";

/** A store path with what is at hand of it. */
export interface PathAtHand {
  readonly storePath: string;
  /** Where it is on this computer; undefined where only its NAR is at hand. */
  readonly place: string | undefined;
  /** Sorted; as far as they are known. */
  readonly references: readonly string[];
  readonly nar: NarHash;
}

export interface VerifyPathsParameters extends Omit<CompareHashesParameters, "subjects"> {
  paths: readonly PathAtHand[];
  signal?: AbortSignal | undefined;
}

export interface VerifiedPath extends Comparison {
  readonly narSize: number;
  /** How its own name follows from what is at hand, so that nobody's word is needed; undefined where it does not, or was not asked. */
  readonly contentAddress: LocalContentAddress["kind"] | undefined;
}

/**
 * Asks the chain whether an authority accepts what is at hand; of the rest, those are accepted whose own name follows from their
 * content: sources, derivations and fixed outputs.
 *
 * @returns what became of each path, in their order.
 * @throws {ChainUnreachableError} when an endpoint does not answer.
 * @throws {NotTheContractError} when the registry or a policy is not at its address.
 * @throws {PathChangedError} when a path changed since it was hashed.
 */
export async function verifyPaths(
  client: Client,
  parameters: VerifyPathsParameters,
): Promise<VerifiedPath[]> {
  const { paths, signal, ...question } = parameters;
  const subjects = paths.map(({ storePath, nar }) => ({ storePath, narHash: formatSha256Sri(nar.sha256) }));
  const comparisons = await compareHashes(client, { ...question, subjects });
  const verified: VerifiedPath[] = [];
  for (const [index, comparison] of comparisons.entries()) {
    const path = paths[index]!;
    const contentAddress =
      comparison.status === "accepted" ? undefined : await findContentAddress(path, signal);
    const status: Status = contentAddress ? "accepted" : comparison.status;
    verified.push({ ...comparison, status, narSize: path.nar.size, contentAddress });
  }
  return verified;
}

async function findContentAddress(
  { storePath: path, place, references, nar }: PathAtHand,
  signal: AbortSignal | undefined,
) {
  const address = place && (await localContentAddress({ path, place, references, nar }, { signal }));
  return address ? address.kind : undefined;
}
