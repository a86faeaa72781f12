import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  createTestClient,
  getAddress,
  type Hex,
  http,
  parseEther,
  publicActions,
  walletActions,
} from "viem";
import { hardhat } from "viem/chains";
import { deployLocal, startLocalChain } from "../../../deploy/index.ts";
import { type RegistryOutput, recordAbi } from "../../../protocol/index.ts";

export const TEMPLATE_HASH: Hex = `0x${"5e".repeat(32)}`;

/** A local chain on which nothing is deployed yet. */
export async function startRollup() {
  const chain = await startLocalChain();
  const client = createTestClient({
    mode: "hardhat",
    chain: hardhat,
    transport: http(chain.rpcUrl),
    cacheTime: 0,
    pollingInterval: 20,
  })
    .extend(publicActions)
    .extend(walletActions);
  const accounts = (await client.getAddresses()).map((address) => getAddress(address));

  const mined = async (transaction: Promise<Hex>) => {
    const receipt = await client.waitForTransactionReceipt({ hash: await transaction });
    if (receipt.status !== "success") {
      throw new Error(`the transaction ${receipt.transactionHash} reverted`);
    }
    return receipt;
  };

  /** Calls a contract as any account, also as a contract, without executing that one's code. */
  async function write<
    const T extends Abi,
    Name extends ContractFunctionName<T, "nonpayable" | "payable">,
    Args extends ContractFunctionArgs<T, "nonpayable" | "payable", Name>,
  >(account: Address, call: { address: Address; abi: T; functionName: Name; args: Args }) {
    if (!accounts.includes(getAddress(account))) {
      await client.impersonateAccount({ address: account });
      await client.setBalance({ address: account, value: parseEther("1000") });
    }
    const gas = 16_000_000n;
    return mined(
      client.writeContract({ ...call, account, gas } as Parameters<typeof client.writeContract>[0]),
    );
  }

  return {
    chain,
    client,
    accounts: accounts as [Address, ...Address[]],
    deploy: (templateHash = TEMPLATE_HASH) =>
      deployLocal({ rpcUrl: chain.rpcUrl, templateHash, epochLength: 1 }),
    mined,
    write,
    record: (application: Address, registry: Address, outputs: RegistryOutput[], inputIndex = 0n) =>
      write(application, {
        address: registry,
        abi: recordAbi,
        functionName: "record",
        args: [inputIndex, outputs],
      }),
    stop: () => chain.stop(),
  };
}

export type Rollup = Awaited<ReturnType<typeof startRollup>>;
