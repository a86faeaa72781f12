import { isAddressEqual } from "viem";
import { readAtMost } from "../../client/index.ts";
import type { Settings } from "../config/resolveSettings.ts";
import { NETWORK_EXIT_CODE } from "../output/exitCodes.ts";
import { type CheckResult, fine, notChecked, wrong } from "./checkResult.ts";

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Whether node, indexer and caches answer. */
export async function checkServices(settings: Settings, signal: AbortSignal): Promise<CheckResult[]> {
  return Promise.all([
    checkNode(settings, signal),
    checkIndexer(settings, signal),
    ...settings.caches.value.map((url) => checkCache(url, signal)),
  ]);
}

async function checkNode({ nodeUrl, deployment }: Settings, signal: AbortSignal): Promise<CheckResult> {
  if (nodeUrl === undefined) {
    return notChecked(
      "node of the application",
      "none is configured: logs and unproven outputs cannot be asked for",
    );
  }
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "cartesi_listApplications", params: {} });
  const answer = await ask(`${nodeUrl.value}/rpc`, signal, { method: "POST", body });
  if (answer === undefined) {
    return wrong(
      nodeUrl.value,
      "the node does not answer",
      NETWORK_EXIT_CODE,
      "start it, or correct --node-url",
    );
  }
  const application = deployment?.value.application;
  if (application !== undefined && !serves(answer, application)) {
    return wrong(
      nodeUrl.value,
      `the node does not serve ${application}`,
      NETWORK_EXIT_CODE,
      "correct --node-url",
    );
  }
  return fine(nodeUrl.value, "the node answers");
}

function serves(answer: string, application: `0x${string}`): boolean {
  const addresses = answer.match(/0x[0-9a-fA-F]{40}(?![0-9a-fA-F])/g) ?? [];
  return addresses.some((address) => isAddressEqual(address as `0x${string}`, application));
}

async function checkIndexer({ indexerUrl }: Settings, signal: AbortSignal): Promise<CheckResult> {
  if (indexerUrl === undefined) {
    return notChecked("indexer", "none is configured: searches by hash need one");
  }
  const answer = await ask(`${indexerUrl.value}/healthz`, signal);
  return answer === undefined
    ? wrong(
        indexerUrl.value,
        "the indexer does not answer, or is not healthy",
        NETWORK_EXIT_CODE,
        "see its /healthz",
      )
    : fine(indexerUrl.value, "the indexer is healthy");
}

async function checkCache(url: string, signal: AbortSignal): Promise<CheckResult> {
  const answer = await ask(`${url}/nix-cache-info`, signal);
  return answer?.includes("StoreDir: /nix/store")
    ? fine(url, "a binary cache of /nix/store")
    : wrong(
        url,
        "does not answer as a binary cache of /nix/store",
        NETWORK_EXIT_CODE,
        "correct the caches in the configuration file",
      );
}

/** The body of a successful answer. */
async function ask(url: string, signal: AbortSignal, init: RequestInit = {}): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      ...init,
      headers: { "content-type": "application/json" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const bytes = await readAtMost(response, MAX_ANSWER_BYTES);
    return response.ok ? new TextDecoder().decode(bytes) : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
