import hre from "hardhat";
import { type Abi, type Address, getContract, type Hex } from "viem";
import { buildRegistryAbi } from "../../../abi/index.ts";

/** Whether the artifacts are mutants (`npm run mutants`), which compiling would replace. */
const areMutants = process.env.CARTENIX_MUTANT !== undefined;

/** Whether the contracts are instrumented or mutants, which makes gas, code sizes and addresses meaningless. */
export const areAltered = hre.globalOptions.coverage || areMutants;

let isBuilt: Promise<unknown> | undefined;

/** A new empty chain, with our contracts compiled; `hardfork` is another than the configuration's. */
export async function startChain(hardfork?: "amsterdam") {
  isBuilt ??= areMutants ? Promise.resolve() : hre.tasks.getTask("build").run({ quiet: true });
  await isBuilt;
  // Altered contracts are compiled without the optimizer.
  const override = { allowUnlimitedContractSize: areAltered, ...(hardfork && { hardfork }) };
  const connection = await hre.network.create({ override });
  const { viem } = connection;
  const client = await viem.getPublicClient({ pollingInterval: 10 });
  const wallets = await viem.getWalletClients();

  /** Deploys one of our contracts as it was just compiled, with its public ABI. */
  async function deploy<const T extends Abi>(name: string, abi: T, args: unknown[] = []) {
    const { bytecode } = await hre.artifacts.readArtifact(name);
    return deployCode(abi, bytecode as Hex, args);
  }

  async function deployCode<const T extends Abi>(abi: T, bytecode: Hex, args: unknown[] = []) {
    const hash = await wallets[0]!.deployContract({ abi: abi as Abi, bytecode, args });
    const { contractAddress } = await client.waitForTransactionReceipt({ hash });
    return contractAt(contractAddress!, abi);
  }

  function contractAt<const T extends Abi>(address: Address, abi: T) {
    return getContract({ address, abi, client: { public: client, wallet: wallets[0]! } });
  }

  return {
    viem,
    provider: connection.provider,
    networkHelpers: connection.networkHelpers,
    client,
    wallets,
    deploy,
    deployCode,
    contractAt,
    deployRegistry: () => deploy("BuildRegistry", buildRegistryAbi),
    /** The gas that a transaction used. */
    gasOf: async (hash: Hex | Promise<Hex>) =>
      (await client.waitForTransactionReceipt({ hash: await hash })).gasUsed,
  };
}

export type TestChain = Awaited<ReturnType<typeof startChain>>;
