import { policyFactoryAddress, registryAddress } from "../../../abi/index.ts";
import type { VotedDeployment } from "../../../protocol/deployments/index.ts";
import { addressOf, hashOf } from "./outputs.ts";

export const CHAIN_ID = 424_242;

/** Where things are on the scale chain. */
export const DEPLOYMENT: VotedDeployment = {
  chainId: CHAIN_ID,
  genesisHash: blockHashOf(0),
  registryBlock: 1,
  applicationBlock: 1,
  inputBox: addressOf("input box"),
  applicationFactory: addressOf("application factory"),
  authorityFactory: addressOf("authority factory"),
  quorumFactory: addressOf("quorum factory"),
  registry: registryAddress(),
  policyFactory: policyFactoryAddress(),
  application: addressOf("application"),
  consensus: addressOf("consensus"),
  claimer: addressOf("claimer"),
  deployer: addressOf("deployer"),
  salt: hashOf("salt"),
  owner: "0x0000000000000000000000000000000000000000",
  epochLength: 100,
  templateHash: hashOf("template"),
};

export function blockHashOf(number: number): `0x${string}` {
  return hashOf(`block ${number}`);
}
