import { readFileSync } from "node:fs";
import { type Deployment, parseDeployment } from "../protocol/index.ts";
import { IndexerError } from "./indexerError.ts";

export interface IndexerSettings {
  deployment: Deployment;
  rpcUrl: string;
  /** PGlite's folder; it must belong to this chain and deployment only. */
  dataDirectory: string;
  /** The polling interval, in milliseconds. */
  pollingInterval: number;
}

/**
 * Reads the indexer's settings from the environment: `CARTENIX_DEPLOYMENT` (a deployment's file),
 * `CARTENIX_RPC_URL`, `CARTENIX_INDEXER_DATA`, and optionally `CARTENIX_POLLING_MS`.
 *
 * @throws {IndexerError} naming the variable that is missing or wrong.
 * @throws {MalformedDeploymentError} when the file does not hold a deployment.
 */
export function readSettings(environment: NodeJS.ProcessEnv): IndexerSettings {
  const pollingInterval = Number(environment.CARTENIX_POLLING_MS ?? "1000");
  if (!Number.isInteger(pollingInterval) || pollingInterval < 1) {
    throw new IndexerError(
      `CARTENIX_POLLING_MS is not a number of milliseconds: "${environment.CARTENIX_POLLING_MS}"`,
      {
        remedy: "set it to a whole number, 1 or more",
      },
    );
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
    throw new IndexerError(`${name} is not set`, {
      remedy: "set it, or start the indexer with startIndexer()",
    });
  }
  return value;
}

function readDeployment(file: string): Deployment {
  return parseDeployment(readFileSync(file, "utf8"));
}
