import { type BoundContent, boundContent } from "../../client/store/index.ts";
import { formatSha256Sri, NixFormatError } from "../../nix/index.ts";
import { type Status, statusOfVerdict, worstStatus } from "../../trust/index.ts";
import type { AcceptedOutput } from "../acceptedOutput.ts";
import { narInfoFingerprint } from "../narInfo/formatNarInfo.ts";
import type { NarInfo } from "../narInfo/narInfo.ts";
import { SourceError } from "../substituterErrors.ts";
import type { FindVerdict } from "./createVerdicts.ts";

/** A cache that states what store paths there are. */
export interface Upstream {
  /** For messages: an address. */
  readonly name: string;
  readonly findNarInfo: (hashPart: string) => Promise<NarInfo | undefined>;
}

/** What was found of a store path, and why. */
export interface Decision {
  readonly status: Status;
  readonly storePath: string;
  /** The hash that the chain accepts, `sha256-…`. */
  readonly acceptedHash: string | null;
  /** The hash that the cache states. */
  readonly statedHash: string;
  readonly from: string;
  /** How its name follows from its content, where it is accepted for that; null otherwise. */
  readonly contentAddress: BoundContent["kind"] | null;
}

export interface AcceptedByChainOptions {
  upstreams: readonly Upstream[];
  findVerdict: FindVerdict;
  /** What was found wrong before, as `narInfoFingerprint` writes it. */
  isRefused: (fingerprint: string) => boolean;
  onDecision: (decision: Decision) => void;
}

/**
 * Finds a store path by its 32 characters: a cache states the path, its hash, size and references, and the chain is asked whether this is the
 * path's accepted hash. The hash determines content and size; references remain what a cache states until the NAR is there. Of the rest,
 * those are accepted whose own name stands for the stated content and references: sources, derivations and fixed outputs.
 *
 * @returns a function that throws what `readFindings` throws, and a `SourceError` when no cache works.
 */
export function acceptedByChain(
  options: AcceptedByChainOptions,
): (hashPart: string) => Promise<AcceptedOutput | undefined> {
  const { upstreams, findVerdict, isRefused, onDecision } = options;

  async function ask({ name, findNarInfo }: Upstream, hashPart: string): Promise<Found | undefined> {
    const info = await findNarInfo(hashPart);
    return info === undefined || isRefused(narInfoFingerprint(info))
      ? undefined
      : decide(info, name, findVerdict);
  }

  return async (hashPart) => {
    const answers = upstreams.map((upstream) => ask(upstream, hashPart));
    // one that is slow must not delay what another has
    const accepted = await Promise.any(answers.map(requireAccepted)).catch(() => undefined);
    if (accepted !== undefined) {
      onDecision(accepted.decision);
      const { storePath, narHash, narSize, references } = accepted.info;
      const { content } = accepted;
      return {
        ...{ storePath, narHash, narSize, references },
        ...(content === undefined ? { hasStatedReferences: true } : { boundContent: content }),
      };
    }
    const found = requireSomeAnswer(await Promise.allSettled(answers));
    const worst = worstStatus(found.map(({ decision }) => decision.status));
    const refused = found.find(({ decision }) => decision.status === worst);
    if (refused !== undefined) {
      onDecision(refused.decision);
    }
    return undefined;
  };
}

interface Found {
  readonly info: NarInfo;
  readonly decision: Decision;
  readonly content: BoundContent | undefined;
}

async function decide(info: NarInfo, from: string, findVerdict: FindVerdict): Promise<Found> {
  const { storePath } = info;
  const { verdict, narHash: acceptedHash } = await findVerdict(storePath);
  const statedHash = formatSha256Sri(info.narHash);
  const isAnother = acceptedHash !== null && acceptedHash !== statedHash;
  const ofChain = isAnother ? "differs" : statusOfVerdict(verdict);
  const content = ofChain === "accepted" ? undefined : boundContentOf(info);
  const status = content ? "accepted" : ofChain;
  const contentAddress = content?.kind ?? null;
  return { info, content, decision: { status, storePath, acceptedHash, statedHash, from, contentAddress } };
}

function boundContentOf({ storePath: path, contentAddress, references }: NarInfo): BoundContent | undefined {
  return contentAddress === undefined ? undefined : boundContent({ path, contentAddress, references });
}

async function requireAccepted(answer: Promise<Found | undefined>): Promise<Found> {
  const found = await answer;
  if (found?.decision.status !== "accepted") {
    throw new Error("not accepted");
  }
  return found;
}

/** A cache that does not work has nothing to say; but none, or the chain, must not pass for a no. */
function requireSomeAnswer(answers: readonly PromiseSettledResult<Found | undefined>[]): Found[] {
  const failures = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
  const ofChain = failures.find(
    (error) => !(error instanceof SourceError || error instanceof NixFormatError),
  );
  if (ofChain !== undefined || (failures.length > 0 && failures.length === answers.length)) {
    throw ofChain ?? failures[0];
  }
  return answers.flatMap((answer) => (answer.status === "fulfilled" && answer.value ? [answer.value] : []));
}
