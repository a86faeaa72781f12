import { type Client, createClient } from "viem";
import { getBlock, getBlockNumber, getChainId } from "viem/actions";
import { agreeingTransport, boundedHttp, explainChainError, WrongChainError } from "../client/index.ts";
import type { Settings } from "./config/resolveSettings.ts";

/** How often to look whether a transaction is mined. */
const POLLING_INTERVAL_MS = 1_000;

/** A chain as a command reads it: all of one command's reads are as of one block. */
export interface Connection {
  readonly client: Client;
  readonly chainId: number;
  readonly blockNumber: bigint;
}

/**
 * Connects to the chain of the settings, and makes sure that it is that one.
 *
 * @throws {ChainUnreachableError} when an endpoint does not answer.
 * @throws {EndpointsDisagreeError} when endpoints answer differently.
 * @throws {WrongChainError} when it is another chain.
 */
export async function connect(settings: Settings, signal: AbortSignal): Promise<Connection> {
  const { rpcUrls, chainId: expected, deployment } = settings;
  const endpoints = rpcUrls.value.map((url) => ({ name: url, transport: boundedHttp(url, { signal }) }));
  const client = createClient({
    transport: endpoints.length === 1 ? endpoints[0]!.transport : agreeingTransport(endpoints),
  });
  const [chainId, blockNumber, genesis] = await Promise.all([
    getChainId(client),
    getBlockNumber(client),
    deployment && getBlock(client, { blockNumber: 0n }),
  ]).catch(explainChainError);
  const where = rpcUrls.value.join(", ");
  if (expected !== undefined && expected.value !== chainId) {
    throw new WrongChainError(`${where} is chain ${chainId}, not ${expected.value}`, {
      details: `${expected.value} is set by ${expected.source}`,
      remedy: "check --rpc-url and --network",
    });
  }
  if (deployment && genesis && genesis.hash !== deployment.value.genesisHash) {
    throw new WrongChainError(`${where} is another chain ${chainId} than the deployment's`, {
      details: `its first block is ${genesis.hash}, that of ${deployment.source} is ${deployment.value.genesisHash}`,
      remedy: "use the deployment file of this chain: a local chain that starts anew is a new one",
    });
  }
  return { client, chainId, blockNumber };
}

/** A client to send with. It sends through the first endpoint alone: the second to be given the same transaction would refuse it. */
export function connectToSend({ rpcUrls }: Settings, signal: AbortSignal): Client {
  return createClient({
    transport: boundedHttp(rpcUrls.value[0]!, { signal }),
    pollingInterval: POLLING_INTERVAL_MS,
  });
}
