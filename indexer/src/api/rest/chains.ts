import { readSettings } from "../../../settings.ts";
import { RequestError } from "../limits/requestError.ts";

const { chains } = readSettings(process.env);

/** What an instance follows on a chain: its deployments have one registry. */
export function chainOf(chainId: number) {
  const found = chains.find(({ deployments }) => deployments[0]!.chainId === chainId);
  if (found === undefined) {
    const known = chains.map(({ deployments }) => deployments[0]!.chainId).join(", ");
    throw new RequestError(404, `chain ${chainId} is not followed here`, {
      remedy: `ask about chain ${known}`,
    });
  }
  return { ...found, ...found.deployments[0]!, name: `chain${chainId}` as const };
}

/** The address of a chain's registry. */
export function registryOf(chainId: number): `0x${string}` {
  return chainOf(chainId).registry.toLowerCase() as `0x${string}`;
}
