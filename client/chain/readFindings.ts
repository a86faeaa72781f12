import type { Address, Client, Hex } from "viem";
import { getBlockNumber, readContract } from "viem/actions";
import { buildRegistryAbi, trustPolicyAbi } from "../../abi/index.ts";
import { formatNarHash } from "../../protocol/index.ts";
import {
  type Authority,
  type Contract,
  contractKey,
  contractsIn,
  type Judgement,
  judgeAuthority,
  pathKeyOf,
  VERDICTS,
} from "../../trust/index.ts";
import { NotTheContractError } from "../clientErrors.ts";
import { explainChainError } from "./explainChainError.ts";

/** Paths that one call asks about. */
export const PATHS_PER_CALL = 200;

export interface ReadFindingsParameters {
  authority: Authority;
  /** The registry in which applications record; policies have their own. */
  registry: Address;
  storePaths: readonly string[];
  /** The block as of which the chain is asked: the latest by default. */
  blockNumber?: bigint | undefined;
}

/** What an authority says of a store path. */
export interface Finding extends Judgement {
  readonly storePath: string;
  /** What each of its contracts says, in the order in which the authority names them. */
  readonly said: readonly (Judgement & { readonly contract: Contract })[];
}

/**
 * Asks the chain what an authority says of store paths: one call of each contract for 200 paths, all as of one block.
 *
 * @returns the findings in the paths' order.
 * @throws {ChainUnreachableError} when an endpoint does not answer.
 * @throws {NotTheContractError} when the registry or a policy is not at its address.
 */
export async function readFindings(client: Client, parameters: ReadFindingsParameters): Promise<Finding[]> {
  const { authority, registry, storePaths } = parameters;
  const blockNumber = parameters.blockNumber ?? (await getBlockNumber(client).catch(explainChainError));
  const contracts = contractsIn(authority);
  const answers = await Promise.all(
    contracts.map((contract) => readJudgements(client, { contract, registry, storePaths, blockNumber })),
  );
  return storePaths.map((storePath, index) => {
    const said = contracts.map((contract, position) => ({ contract, ...answers[position]![index]! }));
    const judgements = new Map(said.map((one) => [contractKey(one.contract), one]));
    const { verdict, narHash } = judgeAuthority(
      authority,
      (contract) => judgements.get(contractKey(contract))!,
    );
    return { storePath, verdict, narHash, said };
  });
}

interface ReadJudgementsParameters {
  contract: Contract;
  registry: Address;
  storePaths: readonly string[];
  blockNumber: bigint;
}

async function readJudgements(client: Client, parameters: ReadJudgementsParameters): Promise<Judgement[]> {
  const { contract, registry, storePaths, blockNumber } = parameters;
  const keys = storePaths.map(pathKeyOf);
  const calls = chunksOf(keys).map((pathKeys) =>
    (contract.kind === "policy"
      ? askPolicy(client, contract.address, pathKeys, blockNumber)
      : askRegistry(client, registry, contract.address, pathKeys, blockNumber)
    ).catch(explainChainError),
  );
  return (await Promise.all(calls)).flat();
}

async function askPolicy(
  client: Client,
  policy: Address,
  pathKeys: readonly Hex[],
  blockNumber: bigint,
): Promise<Judgement[]> {
  const [narHashes, verdicts] = await readContract(client, {
    address: policy,
    abi: trustPolicyAbi,
    functionName: "acceptedHashesAt",
    args: [pathKeys],
    blockNumber,
  });
  requireAnswers(policy, pathKeys, narHashes, verdicts);
  return verdicts.map((number, index) => {
    const verdict = VERDICTS[number];
    if (verdict === undefined) {
      throw new NotTheContractError(`${policy} is no policy: it answers with verdict ${number}`);
    }
    return { verdict, narHash: verdict === "accepted" ? formatNarHash(narHashes[index]!) : null };
  });
}

/** An application alone is believed unless it contradicted itself. */
async function askRegistry(
  client: Client,
  registry: Address,
  application: Address,
  pathKeys: readonly Hex[],
  blockNumber: bigint,
): Promise<Judgement[]> {
  const [narHashes, contested] = await readContract(client, {
    address: registry,
    abi: buildRegistryAbi,
    functionName: "hashesAt",
    args: [application, pathKeys],
    blockNumber,
  });
  requireAnswers(registry, pathKeys, narHashes, contested);
  return narHashes.map((narHash, index) => {
    if (BigInt(narHash) === 0n) {
      return { verdict: "notRecorded", narHash: null };
    }
    return contested[index]
      ? { verdict: "conflict", narHash: null }
      : { verdict: "accepted", narHash: formatNarHash(narHash) };
  });
}

function requireAnswers(
  address: Address,
  asked: readonly unknown[],
  ...answers: readonly (readonly unknown[])[]
): void {
  if (answers.some(({ length }) => length !== asked.length)) {
    throw new NotTheContractError(`${address} does not answer for each of ${asked.length} paths`, {
      remedy: "check the address and the network",
    });
  }
}

function chunksOf(keys: readonly Hex[]): Hex[][] {
  const count = Math.ceil(keys.length / PATHS_PER_CALL);
  return Array.from({ length: count }, (_, index) =>
    keys.slice(index * PATHS_PER_CALL, (index + 1) * PATHS_PER_CALL),
  );
}
