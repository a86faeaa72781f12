import { createConfig, factory } from "ponder";
import { type Address, getAbiItem } from "viem";
import { applicationFactoryAbi, authorityFactoryAbi } from "../abi/index.ts";
import type { Deployment } from "../protocol/deployments/index.ts";
import { CONTRACT_ABIS } from "./contractAbis.ts";
import { pgliteFolder } from "./folder/pgliteFolder.ts";
import { type ChainSettings, readSettings } from "./settings.ts";

const { chains, database } = readSettings(process.env);

/**
 * Ponder starts with 20 requests a second to each URL, and takes minutes to find out that an endpoint allows more. Of one that does
 * not, it slows down each copy by itself.
 */
const URL_COPIES = 10;

/** Each chain's part of a contract's configuration. Chains of which there is nothing to follow are left out. */
function onChains<Part extends object>(part: (chain: ChainSettings, start: Start) => Part | undefined) {
  const parts = chains.map((chain) => [nameOf(chain), chain, part(chain, startOf(chain))] as const);
  return {
    chain: Object.fromEntries(
      parts.flatMap(([name, chain, own]) => (own ? [[name, { ...startOf(chain), ...own }]] : [])),
    ),
  };
}

interface Start {
  startBlock: number;
}

/** Strangers may have used the registry before the first deployment: it is read from its own beginning. */
function startOf({ deployments }: ChainSettings): Start {
  return {
    startBlock: Math.min(...deployments.flatMap((item) => [item.registryBlock, item.applicationBlock])),
  };
}

function nameOf({ deployments }: ChainSettings): string {
  return `chain${deployments[0]!.chainId}`;
}

function all(
  chain: ChainSettings,
  field: { [Key in keyof Deployment]: Deployment[Key] extends Address ? Key : never }[keyof Deployment] &
    keyof Deployment,
): Address[] {
  return [...new Set(chain.deployments.map((item) => item[field] as Address))];
}

export default createConfig({
  database:
    database.kind === "pglite" ? { kind: "pglite", directory: pgliteFolder(database.directory) } : database,
  chains: Object.fromEntries(
    chains.map((chain) => [
      nameOf(chain),
      {
        id: chain.deployments[0]!.chainId,
        rpc: chain.rpcUrls.flatMap((url) => new Array<string>(URL_COPIES).fill(url)),
        pollingInterval: chain.pollingInterval,
      },
    ]),
  ),
  contracts: {
    InputBox: {
      abi: CONTRACT_ABIS.InputBox,
      ...onChains((chain) => ({
        address: all(chain, "inputBox"),
        filter: { event: "InputAdded" as const, args: { appContract: all(chain, "application") } },
      })),
    },
    ApplicationFactory: {
      abi: CONTRACT_ABIS.ApplicationFactory,
      ...onChains((chain) => ({ address: all(chain, "applicationFactory") })),
    },
    Application: {
      abi: CONTRACT_ABIS.Application,
      ...onChains((chain, { startBlock }) => ({
        address: factory({
          address: all(chain, "applicationFactory"),
          event: getAbiItem({ abi: applicationFactoryAbi, name: "ApplicationCreated" }),
          parameter: "appContract",
          startBlock,
        }),
      })),
    },
    AuthorityFactory: {
      abi: CONTRACT_ABIS.AuthorityFactory,
      ...onChains((chain) => ({ address: all(chain, "authorityFactory") })),
    },
    QuorumFactory: {
      abi: CONTRACT_ABIS.QuorumFactory,
      ...onChains((chain) => ({ address: all(chain, "quorumFactory") })),
    },
    // Claims may be of an Authority that is older than what we index, so they are found by the application that they are about.
    Consensus: {
      abi: CONTRACT_ABIS.Consensus,
      ...onChains((chain) => ({
        filter: (["ClaimSubmitted", "ClaimAccepted"] as const).map((event) => ({
          event,
          args: { appContract: all(chain, "application") },
        })),
      })),
    },
    Authority: {
      abi: CONTRACT_ABIS.Authority,
      ...onChains((chain, { startBlock }) => ({
        address: factory({
          address: all(chain, "authorityFactory"),
          event: getAbiItem({ abi: authorityFactoryAbi, name: "AuthorityCreated" }),
          parameter: "authority",
          startBlock,
        }),
      })),
    },
    BuildRegistry: {
      abi: CONTRACT_ABIS.BuildRegistry,
      ...onChains((chain) => ({ address: all(chain, "registry") })),
    },
    TrustPolicyFactory: {
      abi: CONTRACT_ABIS.TrustPolicyFactory,
      ...onChains((chain) => ({ address: all(chain, "policyFactory") })),
    },
    ReleaseRegistry: {
      abi: CONTRACT_ABIS.ReleaseRegistry,
      ...onChains(({ releaseRegistries: address }) => (address.length > 0 ? { address } : undefined)),
    },
    UpgradeGate: {
      abi: CONTRACT_ABIS.UpgradeGate,
      ...onChains(({ upgradeGates: address }) => (address.length > 0 ? { address } : undefined)),
    },
  },
});
