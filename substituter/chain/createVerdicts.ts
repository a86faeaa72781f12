import type { Address, Client } from "viem";
import { type Finding, readFindings } from "../../client/index.ts";
import type { Authority } from "../../trust/index.ts";
import { ShortMemory } from "../shortMemory.ts";

/** Asks what an authority says of a store path. */
export type FindVerdict = (storePath: string) => Promise<Finding>;

export interface VerdictParameters {
  authority: Authority;
  /** The registry in which applications record. */
  registry: Address;
}

const MAX_AGE_MS = 30_000;
const MAX_ENTRIES = 20_000;
/** Nix asks for many paths at once: those of so short a time go to the chain in one call. */
const GATHER_MS = 2;

interface Question {
  storePath: string;
  resolve(finding: Finding): void;
  reject(error: unknown): void;
}

/** The chain's verdicts, each remembered for half a minute. */
export function createVerdicts(client: Client, { authority, registry }: VerdictParameters): FindVerdict {
  const answers = new ShortMemory<Promise<Finding>>({ maxAgeMs: MAX_AGE_MS, maxEntries: MAX_ENTRIES });
  let gathered: Question[] = [];

  async function askChain(): Promise<void> {
    const questions = gathered;
    gathered = [];
    try {
      const storePaths = questions.map(({ storePath }) => storePath);
      const findings = await readFindings(client, { authority, registry, storePaths });
      for (const [index, { resolve }] of questions.entries()) {
        resolve(findings[index]!);
      }
    } catch (error) {
      for (const { storePath, reject } of questions) {
        answers.delete(storePath);
        reject(error);
      }
    }
  }

  return (storePath) => {
    const known = answers.get(storePath);
    if (known !== undefined) {
      return known;
    }
    const answer = new Promise<Finding>((resolve, reject) => {
      gathered.push({ storePath, resolve, reject });
      if (gathered.length === 1) {
        setTimeout(askChain, GATHER_MS);
      }
    });
    answers.set(storePath, answer);
    return answer;
  };
}
