import type { Address } from "viem";
import {
  compareHashes,
  type DerivationFinding,
  type Finding,
  findPathOfKey,
  findStorePaths,
  type IndexerAt,
  readApplications,
  readDerivationFindings,
  readFindings,
} from "../client/index.ts";
import { type Authority, STATUSES, type Status, statusOfVerdict } from "../trust/index.ts";
import { requireAuthority, requireIndexer } from "./config/requireSettings.ts";
import type { Settings } from "./config/resolveSettings.ts";
import type { Connection } from "./connect.ts";
import type { Subject } from "./subject.ts";

/** What the chain says of something that was asked for. */
export type Answer = { readonly asked: string; readonly status: Status } & (
  | PathAnswer
  | DerivationAnswer
  | NoAnswer
);

type PathAnswer = { readonly kind: "path" } & Finding;

interface DerivationAnswer extends DerivationFinding {
  readonly kind: "derivation";
  /** Its path, of which the chain has the key alone; null where no indexer knows a text with that key. */
  readonly storePath: string | null;
}

/** The indexer found no path with the hash. */
interface NoAnswer {
  readonly kind: "nothing";
  readonly storePath: null;
  readonly verdict: "notRecorded";
  readonly narHash: null;
  readonly said: readonly never[];
}

const NOTHING: NoAnswer = {
  kind: "nothing",
  storePath: null,
  verdict: "notRecorded",
  narHash: null,
  said: [],
};

interface Place extends Connection {
  readonly authority: Authority;
  readonly registry: Address;
}

/**
 * Asks the chain about each subject. Hashes are searched for by the indexer, and what it finds is asked of the chain.
 *
 * @returns the answers about each subject, at least one.
 */
export async function lookUpSubjects(
  subjects: readonly Subject[],
  { settings, connection, signal }: { settings: Settings; connection: Connection; signal: AbortSignal },
): Promise<Answer[][]> {
  const place = {
    ...connection,
    authority: requireAuthority(settings),
    registry: settings.registry.value,
  };
  if (subjects.some(({ kind }) => kind === "narHash" || kind === "hashPart")) {
    requireIndexer(settings, "a search by hash");
  }
  const indexer = settings.indexerUrl && { url: settings.indexerUrl.value, signal };
  const storePaths = subjects.flatMap((subject) => (subject.kind === "path" ? subject.storePath : []));
  const findings = readFindings(connection.client, { ...place, storePaths });
  return Promise.all(
    subjects.map(async (subject): Promise<Answer[]> => {
      const { asked } = subject;
      switch (subject.kind) {
        case "path": {
          const finding = (await findings).find(({ storePath }) => storePath === subject.storePath)!;
          return [{ asked, status: statusOfVerdict(finding.verdict), kind: "path", ...finding }];
        }
        case "derivation":
          return [await askDerivation(subject, place, indexer)];
        default:
          return search(subject, place, indexer!);
      }
    }),
  );
}

/** How the best of what was found for a subject stands: several paths may have one hash. */
export function bestStatus(answers: readonly Answer[]): Status {
  return STATUSES.findLast((status) => answers.some((answer) => answer.status === status))!;
}

async function askDerivation(
  subject: Subject & { kind: "derivation" },
  { client, chainId, authority, registry, blockNumber }: Place,
  indexer: IndexerAt | undefined,
): Promise<Answer> {
  const { asked, drvPath, outputName } = subject;
  const outputs = [{ drvPath, outputName }];
  const [finding] = await readDerivationFindings(client, { authority, registry, outputs, blockNumber });
  const { pathKey, verdict } = finding!;
  // its text is for people alone: that an indexer is silent is no reason to keep the chain's answer from them
  const storePath =
    pathKey && indexer ? await findPathOfKey(indexer, { chainId, pathKey }).catch(() => null) : null;
  return { asked, status: statusOfVerdict(verdict), kind: "derivation", storePath, ...finding! };
}

async function search(
  subject: Subject & { kind: "narHash" | "hashPart" },
  place: Place,
  indexer: IndexerAt,
): Promise<Answer[]> {
  const { client, chainId, authority, registry, blockNumber } = place;
  const { asked } = subject;
  const applications = await readApplications(client, { authority, blockNumber });
  const storePaths = await findStorePaths(indexer, { chainId, applications, by: byOf(subject) });
  const findings =
    subject.kind === "narHash"
      ? await compareHashes(client, {
          ...{ authority, registry, blockNumber },
          subjects: storePaths.map((storePath) => ({ storePath, narHash: subject.narHash })),
        })
      : (await readFindings(client, { authority, registry, storePaths, blockNumber })).map((finding) => ({
          ...finding,
          status: statusOfVerdict(finding.verdict),
        }));
  const recorded = findings.filter(({ verdict }) => verdict !== "notRecorded");
  return recorded.length === 0
    ? [{ asked, status: "unknown", ...NOTHING }]
    : recorded.map((finding) => ({ asked, kind: "path", ...finding }));
}

function byOf(subject: Subject & { kind: "narHash" | "hashPart" }) {
  return subject.kind === "narHash" ? { narHash: subject.narHash } : { hashPart: subject.hashPart };
}
