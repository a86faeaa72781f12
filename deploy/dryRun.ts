import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import {
  type Abi,
  type Address,
  createPublicClient,
  custom,
  decodeFunctionData,
  getAddress,
  getContractAddress,
  http,
  type PublicClient,
  parseEther,
  slice,
  type Transaction,
  toHex,
} from "viem";
import {
  applicationAbi,
  applicationFactoryAbi,
  authorityFactoryAbi,
  CREATE2_DEPLOYER_ADDRESS,
  disputeConsensusAbi,
  quorumFactoryAbi,
} from "../abi/index.ts";
import type { Chain } from "./chain.ts";

/** A transaction that a deployment would send. */
export interface DryTransaction {
  /** The function it calls, or `CREATE2`; `undefined` when it creates a contract. */
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
  /**
   * What the deployer must have for the chain to accept all of them, in wei: more than the cost, since a transaction is only
   * accepted if its sender could pay its whole gas limit at the highest fee that it allows.
   */
  needed: bigint;
  /** What the deployer has, in wei. */
  balance: bigint;
}

export interface DryRunOptions {
  /** HTTP JSON-RPC of the chain. */
  rpcUrl: string;
  chainType: "l1" | "op";
  /** The sender of the transactions, who has enough ether on the copy, whatever it has on the chain. */
  deployer: Address;
}

const CALLS: Abi = [
  ...authorityFactoryAbi,
  ...quorumFactoryAbi,
  ...applicationFactoryAbi,
  ...applicationAbi,
  ...disputeConsensusAbi,
];

/** Deploys on a copy of a chain inside this process, and reports the transactions. */
export async function dryRun<Result>(
  { rpcUrl, chainType, deployer }: DryRunOptions,
  deploy: (chain: Chain) => Promise<Result>,
): Promise<DryRun<Result>> {
  const original = createPublicClient({ transport: http(rpcUrl) });
  const { chain, close } = await copyOf(rpcUrl, chainType, await original.getChainId(), deployer);
  try {
    return await record(chain, original, deployer, deploy);
  } finally {
    await close();
  }
}

async function record<Result>(
  chain: Chain,
  original: PublicClient,
  deployer: Address,
  deploy: (chain: Chain) => Promise<Result>,
): Promise<DryRun<Result>> {
  const client = createPublicClient({ transport: custom(chain) });
  const before = await client.getBlockNumber({ cacheTime: 0 });
  const result = await deploy(chain);
  const after = await client.getBlockNumber({ cacheTime: 0 });

  const transactions: DryTransaction[] = [];
  const [gasPrice, balance] = await Promise.all([
    original.getGasPrice(),
    original.getBalance({ address: deployer }),
  ]);
  let cost = 0n;
  let needed = 0n;
  for (let blockNumber = before + 1n; blockNumber <= after; blockNumber++) {
    const block = await client.getBlock({ blockNumber, includeTransactions: true });
    for (const transaction of block.transactions) {
      const { contractAddress, gasUsed } = await client.getTransactionReceipt(transaction);
      const address = (transaction.to ?? contractAddress)!;
      transactions.push({ address, ...describe(transaction), gas: gasUsed });
      const reserved = transaction.gas * max(transaction.maxFeePerGas ?? 0n, gasPrice);
      needed = max(needed, cost + reserved);
      cost += gasUsed * gasPrice;
    }
  }
  return { result, transactions, cost, needed, balance };
}

async function copyOf(
  rpcUrl: string,
  chainType: "l1" | "op",
  chainId: number,
  deployer: Address,
): Promise<{ chain: Chain; close: () => Promise<void> }> {
  const hre = await createHardhatRuntimeEnvironment({
    networks: { copy: { type: "edr-simulated", chainType, chainId, forking: { url: rpcUrl } } },
  });
  const connection = await hre.network.create("copy");
  const { provider } = connection;
  // Calls can only be answered in a block of the copy itself where Hardhat does not know the chain's hardforks.
  await provider.request({ method: "evm_mine" });
  await provider.request({ method: "hardhat_impersonateAccount", params: [deployer] });
  await provider.request({ method: "hardhat_setBalance", params: [deployer, toHex(parseEther("1000"))] });
  const chain: Chain = {
    request: (request) =>
      request.method === "eth_accounts" ? Promise.resolve([deployer]) : provider.request(request),
  };
  return { chain, close: () => connection.close() };
}

function describe({ to, input }: Pick<Transaction, "input" | "to">): Partial<DryTransaction> {
  if (to === null) {
    return {};
  }
  if (getAddress(to) === CREATE2_DEPLOYER_ADDRESS) {
    const [salt, bytecode] = [slice(input, 0, 32), slice(input, 32)];
    return {
      call: "CREATE2",
      address: getContractAddress({ opcode: "CREATE2", from: CREATE2_DEPLOYER_ADDRESS, salt, bytecode }),
    };
  }
  return { call: decodeFunctionData({ abi: CALLS, data: input }).functionName };
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
