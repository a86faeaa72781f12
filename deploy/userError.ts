import { errorResult } from "hardhat/utils/result";
import { formatEther } from "viem";
import { CartenixError } from "../support/index.ts";
import { accountsOf, type Chain } from "./chain.ts";
import { DeploymentError } from "./deploymentError.ts";

/** The names of the errors of Hardhat's provider and of viem's transport. */
const FROM_ENDPOINT = new Set([
  "HttpRequestError",
  "ProviderError",
  "RpcRequestError",
  "TimeoutError",
  "UnknownRpcError",
]);

const SETTINGS = "check the name of the network and its settings in hardhat.config.ts";

/** How chains, Hardhat and Ignition say that the sender cannot pay. */
const CANNOT_PAY = /insufficient funds|enough funds|exceeds (transaction sender account balance|allowance)/i;

/**
 * Prints what a user can fix, and returns that the task failed.
 *
 * @throws the error itself if it is a fault of the program.
 */
export async function reportUserError(error: unknown, chain: Chain | undefined) {
  const known = await toUserError(error, chain);
  if (known === undefined) {
    throw error;
  }
  console.error(`error: ${known.message}`);
  return errorResult();
}

/**
 * Turns what a user can fix into an error with a remedy: our own errors as they are, those of Hardhat and of the endpoint in
 * other words. Returns `undefined` for all others, which are faults of the program.
 */
async function toUserError(error: unknown, chain: Chain | undefined): Promise<CartenixError | undefined> {
  const causes = causesOf(error);
  if (chain && causes.some(({ message }) => CANNOT_PAY.test(message))) {
    return cannotPay(error, chain);
  }
  if (error instanceof CartenixError) {
    return error;
  }
  const fromHardhat = causes.find(({ name }) => name === "HardhatError");
  if (fromHardhat) {
    const [first, ...more] = withoutCode(fromHardhat.message).split("\n").filter(Boolean);
    return new DeploymentError(first!, { cause: error, remedy: more.join(" ") || SETTINGS });
  }
  const fromEndpoint = causes.find(({ name }) => FROM_ENDPOINT.has(name));
  return (
    fromEndpoint &&
    new DeploymentError("the endpoint did not answer a request as it should", {
      cause: error,
      details: fromEndpoint.message.split("\n")[0],
      remedy:
        "check the network's URL, or try another endpoint; run the same again: it goes on where it stopped",
    })
  );
}

async function cannotPay(cause: unknown, chain: Chain): Promise<DeploymentError> {
  const [deployer] = await accountsOf(chain);
  const balance = BigInt(await chain.request({ method: "eth_getBalance", params: [deployer, "latest"] }));
  return new DeploymentError(`the deployer cannot pay: it has ${formatEther(balance)} ether`, {
    cause,
    details: cause instanceof Error ? cause.message.split("\n")[0] : String(cause),
    remedy: `send ether to ${deployer} (--dry-run prints how much it needs) and run the same again: it goes on where it stopped`,
  });
}

/** The error, and what caused it, and so on. */
function causesOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}

/** Hardhat's messages begin with a code and its plugin's name. */
function withoutCode(message: string): string {
  return message.replace(/^HHE\d+: /, "");
}
