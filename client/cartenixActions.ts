import type { Address, Client } from "viem";
import { policyFactoryAddress, registryAddress } from "../abi/index.ts";
import {
  type CompareHashesParameters,
  type Comparison,
  compareHashes,
  type DerivationFinding,
  type Finding,
  type ReadDerivationFindingsParameters,
  type ReadFindingsParameters,
  readDerivationFindings,
  readFindings,
} from "./chain/index.ts";
import { type Policy, type ReadPolicyParameters, readPolicy } from "./policies/index.ts";

export interface CartenixActionsParameters {
  /** The registry, if not the one that has the same address on every chain. */
  registry?: Address | undefined;
  /** The factory of policies, likewise. */
  policyFactory?: Address | undefined;
}

/** An alias rather than an interface: only those have the index signature that `extend` asks for. */
export type CartenixActions = {
  /**
   * What an authority says of store paths: one call of each contract for 200 paths.
   *
   * @example
   * import { cartenixActions, parseAuthority } from "cartenix";
   * import { createPublicClient, http } from "viem";
   *
   * const client = createPublicClient({ transport: http(rpcUrl) }).extend(cartenixActions());
   * const [finding] = await client.readFindings({ authority: parseAuthority(application), storePaths: [storePath] });
   * console.log(finding?.verdict, finding?.narHash); // accepted sha256-…=
   */
  readFindings(parameters: Omit<ReadFindingsParameters, "registry">): Promise<Finding[]>;
  /**
   * Whether an authority accepts hashes that are at hand.
   *
   * @example
   * import { cartenixActions, parseAuthority } from "cartenix";
   * import { createPublicClient, http } from "viem";
   *
   * const client = createPublicClient({ transport: http(rpcUrl) }).extend(cartenixActions());
   * const [comparison] = await client.compareHashes({
   *   authority: parseAuthority(`1 of (${application}, policy:${policy})`),
   *   subjects: [{ storePath, narHash }],
   *   blockNumber: await client.getBlockNumber(),
   * });
   * console.log(comparison?.status); // accepted
   */
  compareHashes(parameters: Omit<CompareHashesParameters, "registry">): Promise<Comparison[]>;
  /**
   * What an authority says of outputs of derivations: the key of the path, and its hash.
   *
   * @example
   * import { cartenixActions, parseAuthority } from "cartenix";
   * import { createPublicClient, http } from "viem";
   *
   * const client = createPublicClient({ transport: http(rpcUrl) }).extend(cartenixActions());
   * const [finding] = await client.readDerivationFindings({
   *   authority: parseAuthority(application),
   *   outputs: [{ drvPath, outputName: "out" }],
   *   blockNumber: await client.getBlockNumber(),
   * });
   * console.log(finding?.verdict, finding?.narHash); // accepted sha256-…=
   */
  readDerivationFindings(
    parameters: Omit<ReadDerivationFindingsParameters, "registry">,
  ): Promise<DerivationFinding[]>;
  /**
   * A policy's terms, how its members stand, and whether the factory made it.
   *
   * @example
   * import { cartenixActions } from "cartenix";
   * import { createPublicClient, http } from "viem";
   *
   * const client = createPublicClient({ transport: http(rpcUrl) }).extend(cartenixActions());
   * const { threshold, isByFactory } = await client.readPolicy({ policy, blockNumber: await client.getBlockNumber() });
   * console.log(threshold, isByFactory); // 1 true
   */
  readPolicy(parameters: Omit<ReadPolicyParameters, "factory">): Promise<Policy>;
};

/** The reading functions as actions of viem's clients: `client.extend(cartenixActions())`. */
export function cartenixActions({
  registry = registryAddress(),
  policyFactory: factory = policyFactoryAddress(),
}: CartenixActionsParameters = {}): (client: Client) => CartenixActions {
  return (client) => ({
    readFindings: (parameters) => readFindings(client, { ...parameters, registry }),
    compareHashes: (parameters) => compareHashes(client, { ...parameters, registry }),
    readDerivationFindings: (parameters) => readDerivationFindings(client, { ...parameters, registry }),
    readPolicy: (parameters) => readPolicy(client, { ...parameters, factory }),
  });
}
