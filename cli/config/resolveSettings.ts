import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { type Address, isAddress } from "viem";
import { registryAddress } from "../../abi/index.ts";
import { type Deployment, parseDeployment } from "../../protocol/deployments/index.ts";
import { CartenixError } from "../../support/index.ts";
import { type Authority, parseAuthority } from "../../trust/index.ts";
import { ConfigError } from "../cliErrors.ts";
import { defaultConfigPath, type NetworkConfig, readConfigFile } from "./configFile.ts";
import type { ConnectionOptions } from "./options.ts";

/** A value, and where it comes from: for `cartenix config`. */
export interface Setting<Value> {
  readonly value: Value;
  readonly source: string;
}

/** What a command works with. */
export interface Settings {
  readonly config: Setting<string>;
  readonly network: Setting<string> | undefined;
  readonly rpcUrls: Setting<readonly string[]>;
  readonly chainId: Setting<number> | undefined;
  readonly registry: Setting<Address>;
  readonly deployment: Setting<Deployment> | undefined;
  readonly authority: Setting<Authority> | undefined;
  readonly nodeUrl: Setting<string> | undefined;
  readonly indexerUrl: Setting<string> | undefined;
  readonly caches: Setting<readonly string[]>;
}

const DEFAULT_RPC_URL = "http://127.0.0.1:8545";
const DEFAULT_CACHE = "https://cache.nixos.org";

/**
 * Finds each setting: an option, else its environment variable, else the configuration file's network, else a default.
 *
 * @throws {ConfigError} naming what is wrong, and where.
 */
export async function resolveSettings(command: Command): Promise<Settings> {
  const options = command.opts<ConnectionOptions>();
  const config = options.config
    ? given(command, "config", options.config)
    : { value: defaultConfigPath(process.env), source: "default" };
  const file = await readConfigFile(config.value, options.config === undefined);
  const network = findNetwork(command, options, config.value, file.networks, file.network);
  const from = network && file.networks[network.value];
  const place = `networks.${network?.value} of ${config.value}`;

  const pick = (name: "registry" | "trust" | "deployment"): Setting<string> | undefined => {
    const option = options[name];
    return option === undefined ? inFile<string>(from?.[name], place) : given(command, name, option);
  };
  const deploymentFile = pick("deployment");
  const deployment = deploymentFile && {
    value: await readDeployment(deploymentFile.value),
    source: `${deploymentFile.value} (${deploymentFile.source})`,
  };
  const registry = pick("registry");
  const trust = pick("trust");
  return {
    config,
    network,
    rpcUrls: options.rpcUrl
      ? given(command, "rpcUrl", options.rpcUrl.map(checkUrl))
      : (inFile(from?.rpcUrls, place) ?? { value: [DEFAULT_RPC_URL], source: "default" }),
    chainId: inFile(from?.chainId, place) ?? ofDeployment(deployment, ({ chainId }) => chainId),
    registry: registry
      ? { ...registry, value: checkAddress(registry) }
      : (ofDeployment(deployment, (one) => one.registry) ?? { value: registryAddress(), source: "default" }),
    deployment,
    authority: trust
      ? { ...trust, value: parseAuthority(trust.value) }
      : ofDeployment(deployment, ({ application }) => ({ kind: "application", address: application })),
    nodeUrl: options.nodeUrl
      ? given(command, "nodeUrl", checkUrl(options.nodeUrl))
      : inFile(from?.node, place),
    indexerUrl: options.indexerUrl
      ? given(command, "indexerUrl", checkUrl(options.indexerUrl))
      : inFile(from?.indexer, place),
    caches: inFile(file.caches, config.value) ?? { value: [DEFAULT_CACHE], source: "default" },
  };
}

function given<Value>(command: Command, name: string, value: Value): Setting<Value> {
  const option = command.options.find((one) => one.attributeName() === name)!;
  const isOption = command.getOptionValueSource(name) === "cli";
  return { value, source: isOption ? option.long! : option.envVar! };
}

function inFile<Value>(value: Value | undefined, source: string): Setting<Value> | undefined {
  return value === undefined ? undefined : { value, source };
}

function ofDeployment<Value>(
  deployment: Setting<Deployment> | undefined,
  read: (deployment: Deployment) => Value,
): Setting<Value> | undefined {
  return deployment && { value: read(deployment.value), source: deployment.source };
}

function findNetwork(
  command: Command,
  options: ConnectionOptions,
  file: string,
  networks: Readonly<Record<string, NetworkConfig>>,
  preset: string | undefined,
): Setting<string> | undefined {
  const names = Object.keys(networks);
  if (options.network !== undefined) {
    if (!Object.hasOwn(networks, options.network)) {
      throw new ConfigError(`${file} has no network ${JSON.stringify(options.network)}`, {
        remedy: names.length > 0 ? `use one of ${names.join(", ")}` : `add it under "networks"`,
        docs: "docs/cartenix.md#configuration",
      });
    }
    return given(command, "network", options.network);
  }
  if (preset !== undefined) {
    return { value: preset, source: `network of ${file}` };
  }
  return names.length === 1 ? { value: names[0]!, source: `the only one of ${file}` } : undefined;
}

/** @throws {ConfigError} when it cannot be read, or is no deployment file. */
export async function readDeployment(file: string): Promise<Deployment> {
  try {
    return parseDeployment(await readFile(file, "utf8"));
  } catch (cause) {
    throw new ConfigError(`${file} is not a deployment file`, {
      cause,
      details: cause instanceof CartenixError ? cause.message : String((cause as Error).message),
    });
  }
}

function checkUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new ConfigError(`${JSON.stringify(text)} is not an address of HTTP`);
  }
  return text.replace(/\/+$/, "");
}

function checkAddress({ value, source }: Setting<string>): Address {
  if (!isAddress(value)) {
    throw new ConfigError(`${JSON.stringify(value)} is not an address (${source})`);
  }
  return value;
}
