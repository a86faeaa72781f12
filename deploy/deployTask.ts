import { join, relative } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";
import { formatEther } from "viem";
import type { Deployment } from "../protocol/deployments/index.ts";
import type { ApplicationTerms } from "./applicationTerms.ts";
import { deployCartesiContracts, findCartesiContracts } from "./cartesiContracts.ts";
import { type Chain, deployerOf, LOCAL_CHAIN_ID } from "./chain.ts";
import { connectToLastingNetwork } from "./connectToLastingNetwork.ts";
import { type DeployOptions, deployAll } from "./deployAll.ts";
import { DeploymentError } from "./deploymentError.ts";
import { writeDeployment } from "./deploymentFile.ts";
import { dryRun } from "./dryRun.ts";
import { formatDryRun } from "./formatDryRun.ts";
import { withCopyOf } from "./journals.ts";
import { readTerms } from "./readTerms.ts";
import { reportUserError } from "./userError.ts";

interface Arguments {
  parameters: string | undefined;
  dryRun: boolean;
  allowOwner: boolean;
}

/** `hardhat deploy`: deploys an application on the chosen network, or prints what it would do. */
export default async function deployTask(args: Arguments, hre: HardhatRuntimeEnvironment) {
  let connection: NetworkConnection<string> | undefined;
  try {
    connection = await connectToLastingNetwork(hre);
    const { root, ignition } = hre.config.paths;
    const file = args.parameters ?? join(root, "deploy/parameters", `${connection.networkName}.json5`);
    const terms = await readTerms(file);
    const journals = join(ignition, "deployments");
    const run = args.dryRun ? printDryRun : deploy;
    await run(connection, terms, { allowOwner: args.allowOwner, journals }, join(root, "deploy/chains"));
    return undefined;
  } catch (error) {
    return await reportUserError(error, connection?.provider);
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
  const onUnregistered: DeployOptions["onUnregistered"] = (application, consensus) =>
    console.log(
      `nobody can claim yet: ${application} is not registered with its consensus, since machine/image/template.json has no proof of this template hash; ` +
        `anybody who has it can call register(${application}, proof) of ${consensus} (docs/deployment.md#disputes)`,
    );
  const told = { ...options, onTaken, onUnregistered };
  const chainId = Number(await chain.request({ method: "eth_chainId" }));
  if (chainId === LOCAL_CHAIN_ID) {
    return deployAll(chain, terms, await deployCartesiContracts(chain), { ...told, isInstant: true });
  }
  const cartesi = await findCartesiContracts(chain);
  return deployAll(chain, terms, cartesi, { ...told, ...(journals && { journals }) });
}
