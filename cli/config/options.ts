import { type Command, InvalidArgumentError, Option } from "commander";
import { CartenixError } from "../../support/index.ts";
import { parseAuthority } from "../../trust/index.ts";

/** What the command line and the environment say of networks and trust, as texts: `resolveSettings` reads them. */
export interface ConnectionOptions {
  config?: string;
  network?: string;
  rpcUrl?: string[];
  deployment?: string;
  registry?: string;
  trust?: string;
  nodeUrl?: string;
  indexerUrl?: string;
}

/** Adds the options by which a command finds chain, application and authority. Each has an environment variable besides. */
export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(new Option("--config <file>", "configuration file").env("CARTENIX_CONFIG"))
    .addOption(new Option("--network <name>", "network of the configuration file").env("CARTENIX_NETWORK"))
    .addOption(
      new Option(
        "--rpc-url <url>",
        "JSON-RPC endpoint; where it is given several times, all must answer the same",
      )
        .env("CARTENIX_RPC_URL")
        .argParser(collectUrls),
    )
    .addOption(
      new Option("--deployment <file>", "deployment file, for chain, registry and application").env(
        "CARTENIX_DEPLOYMENT",
      ),
    )
    .addOption(
      new Option("--registry <address>", "the registry, if not the usual one").env("CARTENIX_REGISTRY"),
    )
    .addOption(
      new Option(
        "--trust <authority>",
        "whom to believe: 0x… (application), policy:0x…, or 2 of (0x…, policy:0x…)",
      )
        .env("CARTENIX_TRUST")
        .argParser(checkAuthority),
    )
    .addOption(new Option("--node-url <url>", "a node of the application").env("CARTENIX_NODE_URL"))
    .addOption(new Option("--indexer-url <url>", "an indexer, for searches").env("CARTENIX_INDEXER_URL"));
}

function collectUrls(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), ...text.split(",")];
}

function checkAuthority(text: string): string {
  try {
    parseAuthority(text);
    return text;
  } catch (error) {
    throw new InvalidArgumentError(error instanceof CartenixError ? error.message : String(error));
  }
}
