import type { Hono } from "hono";
import type { Address, Client } from "viem";
import type { MachineAt } from "../../client/index.ts";
import type { Authority } from "../../trust/index.ts";
import { createSubstituter, type SubstituterOptions } from "../createSubstituter.ts";
import type { SigningKey } from "../narInfo/signature.ts";
import { ShortMemory } from "../shortMemory.ts";
import { cacheNars } from "../sources/cacheNars.ts";
import { machineNars } from "../sources/machineNars.ts";
import { narInfosOf } from "../sources/narInfosOf.ts";
import { rememberNarInfos } from "../sources/rememberNarInfos.ts";
import { WrongReferencesError } from "../substituterErrors.ts";
import { acceptedByChain, type Decision } from "./acceptedByChain.ts";
import { createVerdicts } from "./createVerdicts.ts";

export interface ChainSubstituterOptions extends Required<Pick<SubstituterOptions, "files" | "onSent">> {
  client: Client;
  authority: Authority;
  /** The registry in which applications record. */
  registry: Address;
  /** Addresses of binary caches, asked at the same time. */
  caches: readonly string[];
  /** A machine whose store has NARs, besides. */
  machine?: MachineAt | undefined;
  key: SigningKey;
  /** Ends what is asked of caches for more than one request. */
  signal: AbortSignal;
  /** Is told of each narinfo that is asked for, unless no cache has it. */
  onDecision: (decision: Decision) => void;
  onError: (message: string) => void;
}

/** Nix asks for 25 files at a time by default, and can be told to ask for more. */
const MAX_DOWNLOADS = 100;
/** What a cache once stated wrongly does not become right. */
const REFUSED = { maxAgeMs: 24 * 60 * 60_000, maxEntries: 100_000 };

/**
 * A substituter in front of other caches, which passes on what the chain accepts under an authority. Hashes are the chain's; the caches
 * state paths, sizes and references, and have the bytes, and all of that is checked before a NAR is there as a whole.
 */
export function createChainSubstituter(options: ChainSubstituterOptions): Hono {
  const { client, authority, registry, caches, machine, key, files, signal, onDecision, onSent, onError } =
    options;
  const refused = new ShortMemory<true>(REFUSED);
  const upstreams = caches.map((name) => {
    const findNarInfo = rememberNarInfos(name, {
      findNarInfo: narInfosOf(name),
      signal,
      onError: (error) => onError(error.message),
    });
    return { name, findNarInfo };
  });
  const findAccepted = (mayTell: boolean) =>
    acceptedByChain({
      upstreams,
      findVerdict,
      isRefused: (fingerprint) => refused.get(fingerprint) ?? false,
      onDecision: mayTell ? onDecision : () => {},
    });
  const findVerdict = createVerdicts(client, { authority, registry });
  const [tell, know] = [findAccepted(true), findAccepted(false)];
  return createSubstituter({
    findAccepted: (hashPart, { req }) => (req.path.endsWith(".narinfo") ? tell(hashPart) : know(hashPart)),
    sources: [
      ...upstreams.map(({ name, findNarInfo }) => cacheNars(name, findNarInfo)),
      ...(machine ? [machineNars(machine)] : []),
    ],
    files,
    findSigningKey: () => key,
    isStreaming: true,
    maxDownloads: MAX_DOWNLOADS,
    onSent,
    onError: (message, error) => {
      if (error instanceof WrongReferencesError) {
        refused.set(error.fingerprint, true);
      }
      onError(message);
    },
  });
}
