import {
  type Address,
  concatHex,
  createTestClient,
  getAddress,
  type Hex,
  http,
  publicActions,
  walletActions,
  zeroHash,
} from "viem";
import { hardhat } from "viem/chains";
import { CREATE2_DEPLOYER_ADDRESS } from "../../../abi/index.ts";
import { cartesiArtifact } from "../../../deploy/cartesiArtifact.ts";
import { placeCreate2Deployer } from "../../../deploy/create2.ts";
import { startLocalChain } from "../../../deploy/index.ts";

const CHAIN_ID = 424_242;

/** The key of the first account of Hardhat's chains. */
export const FIRST_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

/** A chain that is not a local one by its id: our code treats it like one of Cartesi's. It starts without Cartesi's contracts. */
export async function startForeignChain() {
  const local = await startLocalChain({ chainId: CHAIN_ID });
  const client = createTestClient({
    mode: "hardhat",
    chain: { ...hardhat, id: CHAIN_ID },
    transport: http(local.rpcUrl),
    cacheTime: 0,
    pollingInterval: 50,
  })
    .extend(publicActions)
    .extend(walletActions);
  const accounts = (await client.getAddresses()).map((address) => getAddress(address));

  /** Deploys Cartesi's contracts where they are on every chain that Cartesi supports. */
  async function deployCartesi(): Promise<void> {
    await placeCreate2Deployer(client);
    for (const name of ["ApplicationFactory", "AuthorityFactory", "InputBox", "QuorumFactory"]) {
      const { bytecode } = await cartesiArtifact(name);
      const data = concatHex([zeroHash, bytecode as Hex]);
      await client.sendTransaction({ account: accounts[0]!, to: CREATE2_DEPLOYER_ADDRESS, data });
    }
  }

  return {
    ...local,
    chainId: CHAIN_ID,
    client,
    accounts: accounts as [Address, ...Address[]],
    deployCartesi,
  };
}

export type ForeignChain = Awaited<ReturnType<typeof startForeignChain>>;
