import { createClient } from "viem";
import { getBlock, getBlockNumber, getChainId } from "viem/actions";
import { boundedHttp, explainChainError } from "../../client/index.ts";
import { CartenixError } from "../../support/index.ts";
import type { Settings } from "../config/resolveSettings.ts";
import { errorExitCode } from "../output/errorExitCode.ts";
import { NETWORK_EXIT_CODE } from "../output/exitCodes.ts";
import { type CheckResult, fine, wrong } from "./checkResult.ts";

/** What an endpoint says of itself. */
interface Head {
  readonly url: string;
  readonly client: ReturnType<typeof createClient>;
  readonly chainId: number;
  readonly blockNumber: bigint;
}

/** An endpoint whose head is so many blocks behind another's is of little use. */
const MAX_BLOCKS_BEHIND = 20n;

/** Whether each endpoint answers, is on the right chain, up to date, and tells the same as the others. */
export async function checkEndpoints(settings: Settings, signal: AbortSignal): Promise<CheckResult[]> {
  const asked = await Promise.all(settings.rpcUrls.value.map((url) => readHead(url, signal)));
  const heads = asked.filter((answer) => "client" in answer);
  const silent = asked.filter((answer) => "state" in answer);
  const hashes = await commonHashes(heads);
  const highest = heads.reduce((most, { blockNumber }) => (blockNumber > most ? blockNumber : most), 0n);
  return [...silent, ...heads.map((head) => judge(head, { settings, highest, hashes }))];
}

async function readHead(url: string, signal: AbortSignal): Promise<Head | CheckResult> {
  const client = createClient({ transport: boundedHttp(url, { signal }) });
  try {
    const [chainId, blockNumber] = await Promise.all([getChainId(client), getBlockNumber(client)]).catch(
      explainChainError,
    );
    return { url, client, chainId, blockNumber };
  } catch (error) {
    if (!(error instanceof CartenixError)) {
      throw error;
    }
    return wrong(url, error.shortMessage, errorExitCode(error), error.remedy);
  }
}

/** Each endpoint's hash of the highest block that all of them should have. */
async function commonHashes(heads: readonly Head[]): Promise<Map<string, string>> {
  const numbers = heads.map(({ blockNumber }) => blockNumber);
  const common = numbers.reduce((least, number) => (number < least ? number : least), numbers[0] ?? 0n);
  const entries = heads.map(async ({ url, client }): Promise<[string, string]> => {
    const block = await getBlock(client, { blockNumber: common }).catch(() => undefined);
    return [url, block?.hash ?? "none"];
  });
  return new Map(await Promise.all(entries));
}

interface Comparison {
  settings: Settings;
  highest: bigint;
  hashes: ReadonlyMap<string, string>;
}

function judge({ url, chainId, blockNumber }: Head, { settings, highest, hashes }: Comparison): CheckResult {
  const expected = settings.chainId;
  if (expected !== undefined && expected.value !== chainId) {
    return wrong(
      url,
      `is chain ${chainId}, not ${expected.value} (${expected.source})`,
      NETWORK_EXIT_CODE,
      "use an endpoint of the right chain",
    );
  }
  if (highest - blockNumber > MAX_BLOCKS_BEHIND) {
    return wrong(url, `is ${highest - blockNumber} blocks behind`, NETWORK_EXIT_CODE, "use another endpoint");
  }
  const hash = hashes.get(url)!;
  const others = [...hashes.values()].filter((other) => other === hash).length;
  if (others * 2 <= hashes.size && hashes.size > 1) {
    return wrong(
      url,
      hashes.size === 2
        ? "and the other endpoint have different blocks"
        : "has other blocks than most of the others",
      NETWORK_EXIT_CODE,
      hashes.size === 2 ? "add a third endpoint, to see which of them lies" : "do not use it",
    );
  }
  return fine(url, `chain ${chainId}, block ${blockNumber}`);
}
