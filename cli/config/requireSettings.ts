import type { Address } from "viem";
import type { MachineAt } from "../../client/index.ts";
import type { Deployment } from "../../protocol/deployments/index.ts";
import type { Authority } from "../../trust/index.ts";
import { MissingSettingError } from "../cliErrors.ts";
import type { Settings } from "./resolveSettings.ts";

/** Whom to believe, which nobody but the user can decide. */
export function requireAuthority({ authority }: Settings): Authority {
  if (authority === undefined) {
    throw new MissingSettingError("it is not said whom to believe", {
      remedy: "give --trust or --deployment, or set one of them in the configuration file",
      docs: "docs/cartenix.md#whom-to-believe",
    });
  }
  return authority.value;
}

/** The one application that a command is about. */
export function requireApplication({ authority, deployment }: Settings): Address {
  if (authority?.value.kind === "application") {
    return authority.value.address;
  }
  if (deployment === undefined) {
    throw new MissingSettingError("it is not said which application is meant", {
      remedy: "give --deployment, or --trust with the application's address",
    });
  }
  return deployment.value.application;
}

/** An indexer, which only searches need. */
export function requireIndexer({ indexerUrl }: Settings, what: string): string {
  if (indexerUrl === undefined) {
    throw new MissingSettingError(`${what} needs an indexer, and none is named`, {
      remedy: "give --indexer-url, or set `indexer` in the configuration file",
      docs: "docs/cartenix.md#the-indexer",
    });
  }
  return indexerUrl.value;
}

/** Where InputBox, registry and application are. */
export function requireDeployment({ deployment }: Settings): Deployment {
  if (deployment === undefined) {
    throw new MissingSettingError("it is not said which application to use", {
      remedy: "give --deployment, or set deployment in the configuration file",
      docs: "docs/cartenix.md#configuration",
    });
  }
  return deployment.value;
}

/** A node of the deployment's application. */
export function requireMachine(settings: Settings): MachineAt {
  const { application } = requireDeployment(settings);
  if (settings.nodeUrl === undefined) {
    throw new MissingSettingError("it is not said where a node of the application is", {
      remedy: "give --node-url, or set node in the configuration file",
      docs: "docs/cartenix.md#configuration",
    });
  }
  return { nodeUrl: settings.nodeUrl.value, application };
}
