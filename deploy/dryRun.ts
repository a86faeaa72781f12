import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import {
  type Abi,
  type Address,
  createPublicClient,
  custom,
  decodeFunctionData,
  type Hex,
  http,
  parseAbi,
  parseEther,
  type Transaction,
  toHex,
} from "viem";
import {
  applicationAbi,
  applicationFactoryAbi,
  authorityFactoryAbi,
  create2AddressOf,
  quorumFactoryAbi,
} from "../abi/index.ts";
import type { Chain } from "./chain.ts";

/** A transaction that a deployment would send. */
export interface DryTransaction {
  /** The function it calls; `undefined` when it creates a contract or sends ether. */
  call?: string;
  /** The contract it creates, or the account it calls or pays. */
  address: Address;
  gas: bigint;
}

export interface DryRun<Result> {
  result: Result;
  transactions: DryTransaction[];
  /** The total cost at the chain's current gas price, in wei. */
  cost: bigint;
}

export interface DryRunOptions {
  /** HTTP JSON-RPC of the chain. */
  rpcUrl: string;
  chainType: "l1" | "op";
  /** The sender of the transactions, who has enough ether on the copy. */
  deployer: Address;
}

const CALLS: Abi = [
  ...parseAbi(["function deployCreate2(bytes32 salt, bytes initCode)"]),
  ...authorityFactoryAbi,
  ...quorumFactoryAbi,
  ...applicationFactoryAbi,
  ...applicationAbi,
];

/** Deploys on a copy of a chain inside this process, and reports the transactions. */
export async function dryRun<Result>(
  { rpcUrl, chainType, deployer }: DryRunOptions,
  deploy: (chain: Chain) => Promise<Result>,
): Promise<DryRun<Result>> {
  const original = createPublicClient({ transport: http(rpcUrl) });
  const chain = await copyOf(rpcUrl, chainType, await original.getChainId(), deployer);
  const client = createPublicClient({ transport: custom(chain) });
  const before = await client.getBlockNumber({ cacheTime: 0 });
  const result = await deploy(chain);
  const after = await client.getBlockNumber({ cacheTime: 0 });

  const transactions: DryTransaction[] = [];
  for (let blockNumber = before + 1n; blockNumber <= after; blockNumber++) {
    const block = await client.getBlock({ blockNumber, includeTransactions: true });
    for (const transaction of block.transactions) {
      const { contractAddress, gasUsed } = await client.getTransactionReceipt(transaction);
      const address = (transaction.to ?? contractAddress)!;
      transactions.push({ address, ...describe(transaction), gas: gasUsed });
    }
  }
  const gas = transactions.reduce((sum, transaction) => sum + transaction.gas, 0n);
  return { result, transactions, cost: gas * (await original.getGasPrice()) };
}

async function copyOf(
  rpcUrl: string,
  chainType: "l1" | "op",
  chainId: number,
  deployer: Address,
): Promise<Chain> {
  const hre = await createHardhatRuntimeEnvironment({
    networks: { copy: { type: "edr-simulated", chainType, chainId, forking: { url: rpcUrl } } },
  });
  const { provider } = await hre.network.create("copy");
  await provider.request({ method: "hardhat_impersonateAccount", params: [deployer] });
  await provider.request({ method: "hardhat_setBalance", params: [deployer, toHex(parseEther("1000"))] });
  return {
    request: (request) =>
      request.method === "eth_accounts" ? Promise.resolve([deployer]) : provider.request(request),
  };
}

function describe({ to, input }: Pick<Transaction, "input" | "to">): Partial<DryTransaction> {
  if (to === null || input === "0x") {
    return {};
  }
  const { functionName, args } = decodeFunctionData({ abi: CALLS, data: input as Hex });
  if (functionName !== "deployCreate2") {
    return { call: functionName };
  }
  return { call: functionName, address: create2AddressOf(args![1] as Hex) };
}
