import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { NetworkConnection } from "hardhat/types/network";
import { deployerOf } from "./chain.ts";
import { DeploymentError } from "./deploymentError.ts";

/**
 * Connects to the network that the command names.
 *
 * @throws {DeploymentError} when no network is named, or one that ends with this process.
 */
export async function connectToLastingNetwork(
  hre: HardhatRuntimeEnvironment,
): Promise<NetworkConnection<string>> {
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
