import { type Address, createPublicClient, custom, encodeFunctionData, type Hex, http, parseAbi } from "viem";
import { DeploymentError } from "./errors.ts";
import applicationModule from "./modules/application.ts";
import cartesiModule from "./modules/cartesi.ts";
import registryModule from "./modules/registry.ts";
import { type DeploymentRecord, writeRecord } from "./record.ts";
import { registryAddress } from "./registryAddress.ts";
import { accountsOf, type Chain, runModule } from "./runModule.ts";

/** The chains that may be deployed to without asking: Hardhat's local one. */
const LOCAL_CHAIN_ID = 31_337;

const dataAvailabilityAbi = parseAbi(["function InputBox(address inputBox)"]);

export interface LocalDeployment {
  /** The root hash of the machine's template. */
  templateHash: Hex;
  /** The length of an epoch in blocks. */
  epochLength: number;
  /** Who may submit claims; the chain's first account without it. */
  claimer?: Address;
  /** Where to write the record as JSON. */
  recordFile?: string;
}

export interface DeployLocalOptions extends LocalDeployment {
  /** HTTP JSON-RPC of a local Hardhat chain. */
  rpcUrl: string;
}

/** {@link deployToLocalChain} by the chain's URL. */
export function deployLocal(options: DeployLocalOptions): Promise<DeploymentRecord> {
  return deployToLocalChain(
    { request: createPublicClient({ transport: http(options.rpcUrl) }).request },
    options,
  );
}

/**
 * Deploys all of it on a local chain: Cartesi's contracts, an Authority, an Application with our template hash and no owner,
 * and the registry at its own address.
 *
 * @throws DeploymentError when the chain is not a local one or refuses a transaction.
 */
export async function deployToLocalChain(chain: Chain, options: LocalDeployment): Promise<DeploymentRecord> {
  const client = createPublicClient({ transport: custom(chain) });
  const chainId = await client.getChainId();
  if (chainId !== LOCAL_CHAIN_ID) {
    throw new DeploymentError(`chain ${chainId} is not a local one`, {
      remedy: "follow docs/deployment.md for other chains",
    });
  }
  const deploymentBlock = Number(await client.getBlockNumber()) + 1;
  const claimer = options.claimer ?? (await accountsOf(chain))[0]!;
  const registry = await deployRegistry(chain);
  const cartesi = await runModule(chain, cartesiModule);
  const { application, consensus } = await runModule(chain, applicationModule, {
    parameters: {
      Application: {
        authorityFactory: cartesi.authorityFactory,
        applicationFactory: cartesi.applicationFactory,
        claimer,
        epochLength: BigInt(options.epochLength),
        templateHash: options.templateHash,
        dataAvailability: encodeFunctionData({ abi: dataAvailabilityAbi, args: [cartesi.inputBox] }),
      },
    },
  });
  const genesis = await client.getBlock({ blockNumber: 0n });
  const record: DeploymentRecord = {
    chainId,
    genesisHash: genesis.hash,
    deploymentBlock,
    ...cartesi,
    registry,
    application,
    consensus,
    claimer,
    epochLength: options.epochLength,
    templateHash: options.templateHash,
  };
  if (options.recordFile) await writeRecord(options.recordFile, record);
  return record;
}

async function deployRegistry(chain: Chain): Promise<Address> {
  const address = registryAddress();
  const code = await chain.request({ method: "eth_getCode", params: [address, "latest"] });
  if (code === "0x") await runModule(chain, registryModule, { create2: true });
  return address;
}
