import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";
import { type Address, createPublicClient, custom } from "viem";
import { Contradictions, trustPolicyAbi, Verdict } from "../abi/index.ts";
import { isStorePath } from "../nix/index.ts";
import type { Deployment } from "../protocol/deployments/index.ts";
import type { Chain } from "./chain.ts";
import { connectToLastingNetwork } from "./connectToLastingNetwork.ts";
import { DeploymentError } from "./deploymentError.ts";
import { readDeployment } from "./deploymentFile.ts";
import { createPolicy } from "./policy/createPolicy.ts";
import { reportUserError } from "./userError.ts";

interface Arguments {
  threshold: number;
  contradictions: string;
  paths: string;
  deployments: string[];
}

const CHOICES = { refuse: Contradictions.Refuse, any: Contradictions.Any } as const;
const VERDICT_NAMES = new Map(Object.entries(Verdict).map(([name, value]) => [value as number, name]));

/** `hardhat policy`: creates the policy that trusts some deployed applications, and prints what it says. */
export default async function policyTask(args: Arguments, hre: HardhatRuntimeEnvironment) {
  let connection: NetworkConnection<string> | undefined;
  try {
    connection = await connectToLastingNetwork(hre);
    const { provider } = connection;
    const chainId = Number(await provider.request({ method: "eth_chainId" }));
    const own = join(hre.config.paths.root, "deploy/chains", `${chainId}.json`);
    const files = args.deployments.length > 0 ? args.deployments : [own];
    const deployments = await Promise.all(files.map(readFile));
    const { threshold } = args;
    const contradictions = parseChoice(args.contradictions);
    const paths = parsePaths(args.paths);
    const policy = await createPolicy(provider, { deployments, threshold, contradictions });
    console.log(`policy ${policy}`);
    await printMembers(provider, policy);
    await printVerdicts(provider, policy, paths);
    return undefined;
  } catch (error) {
    return await reportUserError(error, connection?.provider);
  }
}

async function printMembers(chain: Chain, address: Address): Promise<void> {
  const client = createPublicClient({ transport: custom(chain) });
  const policy = { address, abi: trustPolicyAbi } as const;
  for (const member of await client.readContract({ ...policy, functionName: "members" })) {
    const { application, templateHash, consensus, claimer, owner, meetsTerms } = member;
    console.log(`  ${application} ${meetsTerms ? "meets the terms" : "does NOT meet the terms"}`);
    console.log(`    template ${templateHash}`);
    console.log(`    consensus ${consensus}, claimer ${claimer}, owner ${owner}`);
  }
}

async function printVerdicts(chain: Chain, address: Address, paths: readonly string[]): Promise<void> {
  const client = createPublicClient({ transport: custom(chain) });
  for (const path of paths) {
    const [narHash, verdict] = await client.readContract({
      ...{ address, abi: trustPolicyAbi, functionName: "acceptedHash", args: [path] },
    } as const);
    console.log(`${VERDICT_NAMES.get(verdict)}${verdict === Verdict.Accepted ? ` ${narHash}` : ""} ${path}`);
  }
}

/** @throws {DeploymentError} when it cannot be read. */
async function readFile(file: string): Promise<Deployment> {
  try {
    return await readDeployment(file);
  } catch (cause) {
    throw new DeploymentError(`the deployment file ${file} cannot be read`, {
      cause,
      details: cause instanceof Error ? cause.message : String(cause),
      remedy: "name files that `npx hardhat deploy` wrote",
    });
  }
}

function parsePaths(text: string): string[] {
  const paths = text.split(",").filter(Boolean);
  const wrong = paths.find((path) => !isStorePath(path));
  if (wrong !== undefined) {
    throw new DeploymentError(`${wrong} is not a store path`, {
      remedy: "separate the paths by commas, without files in them",
    });
  }
  return paths;
}

function parseChoice(text: string): Contradictions {
  if (!Object.hasOwn(CHOICES, text)) {
    throw new DeploymentError(`contradictions cannot be ${text}`, { remedy: "choose refuse or any" });
  }
  return CHOICES[text as keyof typeof CHOICES];
}
