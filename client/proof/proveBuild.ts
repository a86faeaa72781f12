import type { Address, Client } from "viem";
import { getBlockNumber, getChainId, readContract } from "viem/actions";
import { applicationAbi } from "../../abi/index.ts";
import { explainChainError } from "../chain/explainChainError.ts";
import type { MachineAt } from "../queryMachine.ts";
import type { AcceptedClaim, BuildProof } from "./buildProof.ts";
import { findClaims } from "./findClaims.ts";
import { findStatement } from "./findStatement.ts";
import { findVoucher } from "./findVoucher.ts";
import { outputsRootOf, type ProvenOutput } from "./outputsRoot.ts";
import { NoProofError } from "./proofErrors.ts";
import { verifyProof } from "./verifyProof.ts";

export interface ProveBuildParameters {
  application: Address;
  registry: Address;
  storePath: string;
  /** The first block with events of the registry. */
  fromBlock: bigint;
  /** A node of the application: it has the statement, and vouchers that another contract executed. */
  nodeUrl?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Gathers what proves that an application's machine built a store path: the executed voucher from the chain, the statement from a
 * node, and the claims that cover them. It is verified before it is returned.
 *
 * @throws {NoProofError} when the chain has no executed voucher that records the path, or no claim that covers it.
 */
export async function proveBuild(client: Client, parameters: ProveBuildParameters): Promise<BuildProof> {
  const { application, registry, storePath, nodeUrl, signal } = parameters;
  const toBlock = await getBlockNumber(client).catch(explainChainError);
  const at = { address: application, abi: applicationAbi, blockNumber: toBlock } as const;
  const [chainId, templateHash, consensus] = await Promise.all([
    getChainId(client),
    readContract(client, { ...at, functionName: "getTemplateHash" }),
    readContract(client, { ...at, functionName: "getOutputsMerkleRootValidator" }),
  ]).catch(explainChainError);
  const machine: MachineAt | undefined = nodeUrl === undefined ? undefined : { nodeUrl, application };
  const { voucher, inputIndex } = await findVoucher(client, { ...parameters, toBlock, machine });
  const statement = machine ? await findStatement(machine, { inputIndex, storePath, signal }) : null;
  const outputs = [voucher, ...(statement ? [statement] : [])];
  const claims = await findClaims(client, {
    ...{ application, consensus, toBlock },
    fromBlock: parameters.fromBlock,
    roots: outputs.map(outputsRootOf),
  });
  requireClaims(outputs, claims);
  const proof = { chainId, application, templateHash, registry, storePath, voucher, statement, claims };
  verifyProof(proof);
  return proof;
}

function requireClaims(outputs: readonly ProvenOutput[], claims: readonly AcceptedClaim[]): void {
  for (const output of outputs) {
    const root = outputsRootOf(output);
    if (!claims.some(({ outputsMerkleRoot }) => outputsMerkleRoot === root)) {
      throw new NoProofError(`no accepted claim has the outputs root ${root}`, {
        remedy: "ask another node, if its proof was used; or wait until the claim is accepted",
      });
    }
  }
}
