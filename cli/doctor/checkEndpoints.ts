import { createClient } from "viem";
import { getBlock, getBlockNumber, getChainId } from "viem/actions";
import { boundedHttp, explainChainError, MAX_BLOCKS_APART } from "../../client/index.ts";
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

/** Whether each endpoint answers, is on the right chain, up to date, and tells the same as the others. */
export async function checkEndpoints(settings: Settings, signal: AbortSignal): Promise<CheckResult[]> {
  const asked = await Promise.all(settings.rpcUrls.value.map((url) => readHead(url, signal)));
  const silent = asked.filter((answer) => "state" in answer);
  const heads = asked.filter((answer) => "client" in answer);
  const elsewhere = heads.filter(({ chainId }) => isAnotherChain(chainId, settings));
  const here = heads.filter((head) => !elsewhere.includes(head));
  const middle = middleOf(here);
  const far = here.filter(({ blockNumber }) => distance(blockNumber, middle) > MAX_BLOCKS_APART);
  const near = here.filter((head) => !far.includes(head));
  return [
    ...silent,
    ...elsewhere.map((head) => anotherChain(head, settings)),
    ...(here.length === 2 && far.length > 0
      ? here.map(({ url }) => apart(url))
      : [...far.map((head) => farFrom(head, middle)), ...(await compareBlocks(near))]),
  ];
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

function isAnotherChain(chainId: number, { chainId: expected }: Settings): boolean {
  return expected !== undefined && expected.value !== chainId;
}

function anotherChain({ url, chainId }: Head, { chainId: expected }: Settings): CheckResult {
  return wrong(
    url,
    `is chain ${chainId}, not ${expected!.value} (${expected!.source})`,
    NETWORK_EXIT_CODE,
    "use an endpoint of the right chain",
  );
}

/** The head that as many are before as behind: no minority can move it. */
function middleOf(heads: readonly Head[]): bigint {
  const numbers = heads.map(({ blockNumber }) => blockNumber).toSorted((a, b) => Number(a - b));
  return numbers[Math.floor(numbers.length / 2)] ?? 0n;
}

function distance(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b;
}

function apart(url: string): CheckResult {
  return wrong(
    url,
    `and the other endpoint are more than ${MAX_BLOCKS_APART} blocks apart`,
    NETWORK_EXIT_CODE,
    "add a third endpoint, to see which of them is wrong",
  );
}

function farFrom({ url, blockNumber }: Head, middle: bigint): CheckResult {
  const blocks = distance(blockNumber, middle);
  return blockNumber < middle
    ? wrong(url, `is ${blocks} blocks behind`, NETWORK_EXIT_CODE, "use another endpoint")
    : wrong(url, `claims ${blocks} blocks more than the others`, NETWORK_EXIT_CODE, "do not use it");
}

/** Compares the hashes of the highest block that all of these should have. */
async function compareBlocks(heads: readonly Head[]): Promise<CheckResult[]> {
  const numbers = heads.map(({ blockNumber }) => blockNumber);
  const common = numbers.reduce((least, number) => (number < least ? number : least), numbers[0] ?? 0n);
  const hashes = await Promise.all(
    heads.map(async ({ client }) => {
      const block = await getBlock(client, { blockNumber: common }).catch(() => undefined);
      return block?.hash ?? "none";
    }),
  );
  return heads.map((head, index) => judge(head, hashes[index]!, hashes));
}

function judge({ url, chainId, blockNumber }: Head, hash: string, hashes: readonly string[]): CheckResult {
  const same = hashes.filter((other) => other === hash).length;
  if (hash === "none") {
    return wrong(url, "does not show the blocks that it has", NETWORK_EXIT_CODE, "use another endpoint");
  }
  if (same * 2 <= hashes.length && hashes.length > 1) {
    return wrong(
      url,
      hashes.length === 2
        ? "and the other endpoint have different blocks"
        : "has other blocks than most of the others",
      NETWORK_EXIT_CODE,
      hashes.length === 2 ? "add a third endpoint, to see which of them lies" : "do not use it",
    );
  }
  return fine(url, `chain ${chainId}, block ${blockNumber}`);
}
