import { type Client, isAddressEqual } from "viem";
import { getChainId, readContract } from "viem/actions";
import { applicationAbi, iConsensusAbi } from "../../abi/index.ts";
import { explainChainError } from "../chain/explainChainError.ts";
import { WrongChainError } from "../clientErrors.ts";
import type { BuildProof } from "./buildProof.ts";
import { ProofDamagedError } from "./proofErrors.ts";

/**
 * Asks the chain whether what a proof leaves to be believed is so: that the application has this template, and that its consensus
 * accepts the claims' outputs now.
 *
 * @throws {ProofDamagedError} when it is not so.
 * @throws {WrongChainError} when the client is on another chain.
 */
export async function checkClaims(client: Client, proof: BuildProof, blockNumber: bigint): Promise<void> {
  const { application } = proof;
  const at = { address: application, abi: applicationAbi, blockNumber } as const;
  const [chainId, templateHash, consensus] = await Promise.all([
    getChainId(client),
    readContract(client, { ...at, functionName: "getTemplateHash" }),
    readContract(client, { ...at, functionName: "getOutputsMerkleRootValidator" }),
  ]).catch(explainChainError);
  if (chainId !== proof.chainId) {
    throw new WrongChainError(`the proof is about chain ${proof.chainId}, and this is ${chainId}`);
  }
  if (templateHash !== proof.templateHash) {
    throw new ProofDamagedError(
      `the application's template hash is ${templateHash}, not ${proof.templateHash}`,
    );
  }
  for (const claim of proof.claims) {
    if (!isAddressEqual(consensus, claim.consensus)) {
      throw new ProofDamagedError(`the application's consensus is ${consensus}, not ${claim.consensus}`);
    }
    const isAccepted = await readContract(client, {
      address: consensus,
      abi: iConsensusAbi,
      functionName: "isOutputsMerkleRootValid",
      args: [application, claim.outputsMerkleRoot],
      blockNumber,
    }).catch(explainChainError);
    if (!isAccepted) {
      throw new ProofDamagedError(`the consensus ${consensus} accepted no claim ${claim.outputsMerkleRoot}`);
    }
  }
}
