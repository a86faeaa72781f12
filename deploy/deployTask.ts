import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { HardhatArtifactResolver } from "@nomicfoundation/hardhat-ignition/helpers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import json5 from "json5";
import { formatEther } from "viem";
import { readPinnedTemplate } from "../machine/image/index.ts";
import type { Deployment } from "../protocol/index.ts";
import { type ApplicationTerms, parseTerms } from "./applicationTerms.ts";
import { committedArtifacts } from "./artifacts.ts";
import { deployCartesiContracts, findCartesiContracts } from "./cartesiContracts.ts";
import { accountsOf, type Chain, LOCAL_CHAIN_ID } from "./chain.ts";
import { deployAll } from "./deployAll.ts";
import { DeploymentError } from "./deploymentError.ts";
import { writeDeployment } from "./deploymentFile.ts";
import { dryRun } from "./dryRun.ts";
import type { RunOptions } from "./runModule.ts";

interface Arguments {
  parameters: string;
  dryRun: boolean;
  allowOwner: boolean;
}

/** `hardhat deploy`: deploys an application on the chosen network, or prints what it would do. */
export default async function deployTask(
  { parameters, dryRun, allowOwner }: Arguments,
  hre: HardhatRuntimeEnvironment,
): Promise<void> {
  const terms = parseTerms(
    json5.parse(await readFile(parameters, "utf8")),
    (await readPinnedTemplate())?.templateHash,
  );
  const { networkConfig, provider } = await hre.network.create();
  const chainType = networkConfig.chainType === "op" ? "op" : "l1";
  if (dryRun) {
    if (networkConfig.type !== "http") {
      throw new DeploymentError("a dry run needs a network that is reached by HTTP");
    }
    const [deployer] = await accountsOf(provider);
    const options = { rpcUrl: await networkConfig.url.getUrl(), chainType, deployer: deployer! } as const;
    await printDryRun(options, (chain) => deployOn(chain, terms, { isInstant: true }, allowOwner));
    return;
  }
  const chainId = Number(await provider.request({ method: "eth_chainId" }));
  const record = await deployOn(provider, terms, await runOptions(hre, chainId), allowOwner);
  const file = join(hre.config.paths.root, "deploy/chains", `${chainId}.json`);
  await writeDeployment(file, record);
  console.log(`${JSON.stringify(record, null, 2)}\nwritten to ${file}`);
}

async function deployOn(
  chain: Chain,
  terms: ApplicationTerms,
  options: RunOptions,
  allowOwner: boolean,
): Promise<Deployment> {
  const chainId = Number(await chain.request({ method: "eth_chainId" }));
  const cartesi =
    chainId === LOCAL_CHAIN_ID
      ? await deployCartesiContracts(chain, options)
      : await findCartesiContracts(chain);
  return deployAll(chain, terms, cartesi, { ...options, allowOwner });
}

/** With a journal and the sources that verification needs; a local chain is short-lived and needs neither. */
async function runOptions(hre: HardhatRuntimeEnvironment, chainId: number): Promise<RunOptions> {
  if (chainId === LOCAL_CHAIN_ID) {
    return { isInstant: true };
  }
  await hre.tasks.getTask("build").run({ quiet: true, defaultBuildProfile: "production" });
  for (const name of ["BuildRegistry", "TrustPolicyFactory"]) {
    const { bytecode } = await hre.artifacts.readArtifact(name);
    if (bytecode !== (await committedArtifacts.loadArtifact(name)).bytecode) {
      throw new DeploymentError(`${name} does not compile to the committed creation code`, {
        remedy: "run npm run abi; the contract's address changes",
      });
    }
  }
  return {
    journal: join(hre.config.paths.ignition, "deployments", `chain-${chainId}`),
    artifacts: new HardhatArtifactResolver(hre.artifacts),
  };
}

async function printDryRun(
  options: Parameters<typeof dryRun>[0],
  deploy: (chain: Chain) => Promise<Deployment>,
): Promise<void> {
  const { result, transactions, cost } = await dryRun(options, deploy);
  const names = new Map(Object.entries(result).map(([name, value]) => [String(value).toLowerCase(), name]));
  const line = (gas: bigint, text: string) => console.log(`${gas.toString().padStart(10)} gas  ${text}`);
  for (const { call, address, gas } of transactions) {
    line(gas, [address, names.get(address.toLowerCase()), call].filter(Boolean).join("  "));
  }
  const gas = transactions.reduce((sum, transaction) => sum + transaction.gas, 0n);
  line(gas, `in total, ${formatEther(cost)} ether at the current gas price; nothing was sent`);
  console.log(JSON.stringify(result, null, 2));
}
