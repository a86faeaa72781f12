import { join, relative } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";
import { errorResult } from "hardhat/utils/result";
import { formatEther } from "viem";
import type { Deployment } from "../protocol/index.ts";
import type { ApplicationTerms } from "./applicationTerms.ts";
import { deployCartesiContracts, findCartesiContracts } from "./cartesiContracts.ts";
import { type Chain, deployerOf, LOCAL_CHAIN_ID } from "./chain.ts";
import { type DeployOptions, deployAll } from "./deployAll.ts";
import { DeploymentError } from "./deploymentError.ts";
import { writeDeployment } from "./deploymentFile.ts";
import { dryRun } from "./dryRun.ts";
import { formatDryRun } from "./formatDryRun.ts";
import { withCopyOf } from "./journals.ts";
import { readTerms } from "./readTerms.ts";
import { toUserError } from "./userError.ts";

interface Arguments {
  parameters: string | undefined;
  dryRun: boolean;
  allowOwner: boolean;
}

/** `hardhat deploy`: deploys an application on the chosen network, or prints what it would do. */
export default async function deployTask(args: Arguments, hre: HardhatRuntimeEnvironment) {
  let connection: NetworkConnection<string> | undefined;
  try {
    connection = await connect(hre);
    const { root, ignition } = hre.config.paths;
    const file = args.parameters ?? join(root, "deploy/parameters", `${connection.networkName}.json5`);
    const terms = await readTerms(file);
    const journals = join(ignition, "deployments");
    const run = args.dryRun ? printDryRun : deploy;
    await run(connection, terms, { allowOwner: args.allowOwner, journals }, join(root, "deploy/chains"));
    return undefined;
  } catch (error) {
    const known = await toUserError(error, connection?.provider);
    if (known === undefined) {
      throw error;
    }
    console.error(`error: ${known.message}`);
    return errorResult();
  }
}

/** @throws {DeploymentError} when no network is named, or one that ends with this process. */
async function connect(hre: HardhatRuntimeEnvironment): Promise<NetworkConnection<string>> {
  const networks = Object.entries(hre.config.networks);
  const lasting = networks.flatMap(([name, { type }]) => (type === "http" ? [name] : []));
  const { network } = hre.globalOptions;
  if (network === undefined || hre.config.networks[network]?.type === "edr-simulated") {
    throw new DeploymentError(
      network ? `the network ${network} is not a lasting one` : "no network is named",
      {
        details: "Hardhat would start a chain of its own, which ends with this command",
        remedy: `choose one with --network: ${lasting.join(", ")}`,
      },
    );
  }
  const connection = await hre.network.create();
  await expectAccount(connection);
  return connection;
}

/** Hardhat's message about a key that is none would be one about fields of numbers. */
async function expectAccount({ networkName, provider }: NetworkConnection<string>): Promise<void> {
  try {
    await deployerOf(provider);
  } catch (cause) {
    if (cause instanceof Error && /^(HardhatError|DeploymentError)$/.test(cause.name)) {
      throw cause;
    }
    throw new DeploymentError(`the private key of the network ${networkName} cannot be used`, {
      cause,
      remedy: "make it 32 bytes in hex, starting with 0x",
      docs: "docs/deployment.md",
    });
  }
}

async function deploy(
  { provider }: NetworkConnection<string>,
  terms: ApplicationTerms,
  options: DeployOptions,
  folder: string,
): Promise<void> {
  const deployment = await deployOn(provider, terms, options);
  const file = join(folder, `${deployment.chainId}.json`);
  await writeDeployment(file, deployment);
  console.log(`${JSON.stringify(deployment, null, 2)}\nwritten to ${relative(process.cwd(), file)}`);
}

async function printDryRun(
  { networkConfig, provider }: NetworkConnection<string>,
  terms: ApplicationTerms,
  options: DeployOptions & { journals: string },
): Promise<void> {
  if (networkConfig.type !== "http") {
    throw new DeploymentError("a dry run needs a network that is reached by HTTP");
  }
  const deployer = await deployerOf(provider);
  const rpcUrl = await networkConfig.url.getUrl();
  const chainType = networkConfig.chainType === "op" ? "op" : "l1";
  // What a dry run adds to the journals happened on its copy of the chain only.
  const dry = await withCopyOf(options.journals, (journals) =>
    dryRun({ rpcUrl, chainType, deployer }, (copy) =>
      deployOn(copy, terms, { ...options, journals, isInstant: true }),
    ),
  );
  console.log(formatDryRun(dry, deployer));
  if (dry.balance < dry.needed) {
    throw new DeploymentError(`the deployer lacks ${formatEther(dry.needed - dry.balance)} ether`, {
      remedy: `send it to ${deployer}`,
    });
  }
}

/** A local chain is short-lived: it needs no journal, and mines a block at once for each transaction. */
async function deployOn(
  chain: Chain,
  terms: ApplicationTerms,
  { journals, ...options }: DeployOptions,
): Promise<Deployment> {
  const onTaken: DeployOptions["onTaken"] = (address, salt) =>
    console.log(`${address} is somebody else's contract with the same terms: the salt is ${BigInt(salt)}`);
  const chainId = Number(await chain.request({ method: "eth_chainId" }));
  if (chainId === LOCAL_CHAIN_ID) {
    const local = { ...options, isInstant: true };
    return deployAll(chain, terms, await deployCartesiContracts(chain), { ...local, onTaken });
  }
  const cartesi = await findCartesiContracts(chain);
  return deployAll(chain, terms, cartesi, { ...options, onTaken, ...(journals && { journals }) });
}
