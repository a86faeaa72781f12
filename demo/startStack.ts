import { join } from "node:path";
import { createPublicClient, type Hex, http, type LocalAccount, type PublicClient, toHex } from "viem";
import { type HDAccount, mnemonicToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";
import type { MachineAt } from "../client/index.ts";
import { deployLocal, type LocalChain, startLocalChain } from "../deploy/index.ts";
import { type Indexer, type IndexerOptions, startIndexer } from "../indexer/index.ts";
import type { Template } from "../machine/image/index.ts";
import { type CartenixNode, type NodeOptions, startNode } from "../machine/node/index.ts";
import { type Deployment, formatDeployment } from "../protocol/deployments/index.ts";

/** The accounts that every Hardhat chain has, with worthless ether: the first one deploys, claims and executes. */
const MNEMONIC = "test test test test test test test test test test test junk";
const BLOCK_TIME_MS = 1_000;
const EPOCH_LENGTH_BLOCKS = 3;

/** The polling interval for a chain on this computer. */
export const LOCAL_POLL_MS = 100;

/** A local chain with all contracts on it. */
export interface DeployedChain {
  chain: LocalChain;
  deployment: Deployment;
  deploymentFile: string;
  publicClient: PublicClient;
  /** The first account, and its key. */
  account: LocalAccount;
  privateKey: Hex;
  /** The key of the second account, which is nobody's yet: two programs that send from one account would take each other's nonces. */
  userKey: Hex;
}

/**
 * Waits until something has started. `running` will stop it, even if nobody waits any more when it has.
 *
 * @param stop is called with what has started.
 */
async function started<T>(
  starting: Promise<T>,
  running: AsyncDisposableStack,
  stop: (value: T) => Promise<void>,
): Promise<T> {
  running.defer(() => starting.then(stop, () => {}));
  return starting;
}

/** Starts a local chain and deploys for a template; `running` will stop it. */
export async function startDeployedChain(
  template: Pick<Template, "templateHash">,
  folder: string,
  running: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<DeployedChain> {
  const chain = await started(startLocalChain({ blockTime: BLOCK_TIME_MS }), running, (chain) =>
    chain.stop(),
  );
  signal.throwIfAborted();
  const deploymentFile = join(folder, "deployment.json");
  const deploying = deployLocal({
    rpcUrl: chain.rpcUrl,
    templateHash: template.templateHash,
    epochLength: EPOCH_LENGTH_BLOCKS,
    deploymentFile,
  });
  const deployment = await started(deploying, running, async () => {});
  const account = mnemonicToAccount(MNEMONIC);
  return {
    chain,
    deployment,
    deploymentFile,
    publicClient: createPublicClient({
      chain: hardhat,
      transport: http(chain.rpcUrl),
      pollingInterval: LOCAL_POLL_MS,
    }),
    account,
    privateKey: keyOf(account),
    userKey: keyOf(mnemonicToAccount(MNEMONIC, { addressIndex: 1 })),
  };
}

function keyOf(account: HDAccount): Hex {
  return toHex(account.getHdKey().privateKey!);
}

/** Starts the rollup node of a deployed application; `running` will stop it. */
export async function startLocalNode(
  { chain, deployment, privateKey }: DeployedChain,
  template: Pick<Template, "directory">,
  folder: string,
  running: AsyncDisposableStack,
  options: Pick<NodeOptions, "execute" | "log" | "signal">,
): Promise<{ node: CartenixNode; machine: MachineAt }> {
  const starting = startNode({
    ...options,
    rpcUrl: chain.rpcUrl,
    application: deployment.application,
    templateDirectory: template.directory,
    dataDirectory: join(folder, "node"),
    claimerKey: privateKey,
    pollMs: LOCAL_POLL_MS,
  });
  const node = await started(starting, running, (node) => node.stop());
  return { node, machine: { nodeUrl: node.url, application: deployment.application } };
}

/** Starts the indexer of a deployment; `running` will stop it. */
export async function startLocalIndexer(
  { chain, deployment }: DeployedChain,
  folder: string,
  running: AsyncDisposableStack,
  { nodeUrl, ...options }: Pick<IndexerOptions, "mode" | "log" | "signal"> & { nodeUrl?: string },
): Promise<Indexer> {
  const { application } = deployment;
  const starting = startIndexer({
    ...options,
    settings: {
      chains: [
        {
          rpcUrls: [chain.rpcUrl],
          deployments: [formatDeployment(deployment)],
          pollingInterval: LOCAL_POLL_MS,
          nodes: nodeUrl === undefined ? [] : [{ url: nodeUrl, application }],
        },
      ],
      database: { kind: "pglite", directory: join(folder, "indexer") },
    },
  });
  return started(starting, running, (indexer) => indexer.stop());
}
