import { readFileSync } from "node:fs";
import { type Address, getAddress, isAddress } from "viem";

/** What the indexer must know of a deployment; `deploy/` writes it as a JSON file. */
export interface IndexedDeployment {
  chainId: number;
  inputBox: Address;
  application: Address;
  consensus: Address;
  registry: Address;
  /** The block from which on there is something to index. */
  deploymentBlock: number;
}

export interface IndexerSettings {
  deployment: IndexedDeployment;
  rpcUrl: string;
  /** PGlite's folder; it must belong to this one chain and deployment. */
  dataDirectory: string;
  /** Milliseconds between two looks at the chain. */
  pollingInterval: number;
}

/**
 * Reads the indexer's settings from the environment: `CARTENIX_DEPLOYMENT` (the deployment record's file),
 * `CARTENIX_RPC_URL`, `CARTENIX_INDEXER_DATA`, and optionally `CARTENIX_POLLING_MS`.
 */
export function readSettings(environment: NodeJS.ProcessEnv): IndexerSettings {
  const pollingInterval = Number(environment.CARTENIX_POLLING_MS ?? "1000");
  if (!Number.isInteger(pollingInterval) || pollingInterval < 1) {
    throw new Error(`CARTENIX_POLLING_MS is "${environment.CARTENIX_POLLING_MS}": give whole milliseconds`);
  }
  return {
    deployment: readDeployment(required(environment, "CARTENIX_DEPLOYMENT")),
    rpcUrl: required(environment, "CARTENIX_RPC_URL"),
    dataDirectory: required(environment, "CARTENIX_INDEXER_DATA"),
    pollingInterval,
  };
}

function required(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (!value) {
    throw new Error(`${name} is not set: start the indexer with startIndexer() or set it`);
  }
  return value;
}

function readDeployment(file: string): IndexedDeployment {
  const record: Record<string, unknown> = JSON.parse(readFileSync(file, "utf8"));
  const address = (name: string): Address => {
    const value = record[name];
    if (typeof value !== "string" || !isAddress(value)) {
      throw new Error(`${file}: "${name}" is no address`);
    }
    return getAddress(value);
  };
  const count = (name: string): number => {
    const value = record[name];
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
      throw new Error(`${file}: "${name}" is no whole number`);
    }
    return value;
  };
  return {
    chainId: count("chainId"),
    inputBox: address("inputBox"),
    application: address("application"),
    consensus: address("consensus"),
    registry: address("registry"),
    deploymentBlock: count("deploymentBlock"),
  };
}
