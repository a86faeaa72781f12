import { readFileSync } from "node:fs";
import { type Deployment, parseDeployment } from "../protocol/index.ts";

export interface IndexerSettings {
  deployment: Deployment;
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

function readDeployment(file: string): Deployment {
  return parseDeployment(readFileSync(file, "utf8"));
}
