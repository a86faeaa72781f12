import type { Address, Client } from "viem";
import { readContract } from "viem/actions";
import { Contradictions, trustPolicyAbi } from "../../abi/index.ts";
import {
  type Authority,
  contractKey,
  judgeAuthority,
  narHashBytes,
  pathKeyOf,
  type Status,
  statusOfVerdict,
} from "../../trust/index.ts";
import { explainChainError } from "./explainChainError.ts";
import { type Finding, readFindings } from "./readFindings.ts";

export interface CompareHashesParameters {
  authority: Authority;
  /** The registry in which applications record; policies have their own. */
  registry: Address;
  /** Store paths with the NAR hashes that are at hand: `sha256-<base64>`. */
  subjects: readonly { readonly storePath: string; readonly narHash: string }[];
  blockNumber: bigint;
}

/** What an authority says of a store path with a hash. */
export interface Comparison extends Finding {
  /** The hash at hand. */
  readonly ownHash: string;
  readonly status: Status;
}

/**
 * Asks the chain whether an authority accepts hashes that are at hand: `readFindings`, and, where a policy takes any of the hashes
 * that a member recorded, whether it also accepts the one at hand.
 *
 * @returns the comparisons in the subjects' order.
 * @throws {ChainUnreachableError} when an endpoint does not answer.
 * @throws {NotTheContractError} when the registry or a policy is not at its address.
 */
export async function compareHashes(
  client: Client,
  parameters: CompareHashesParameters,
): Promise<Comparison[]> {
  const { authority, registry, subjects, blockNumber } = parameters;
  const storePaths = subjects.map(({ storePath }) => storePath);
  const findings = await readFindings(client, { authority, registry, storePaths, blockNumber });
  const lenient = lenientPolicies(client, blockNumber);
  return Promise.all(
    findings.map(async (finding, index) => {
      const { narHash: ownHash } = subjects[index]!;
      const said = await Promise.all(finding.said.map((one) => considerOwn(one, finding.storePath, ownHash)));
      const votes = new Map(said.map((one) => [contractKey(one.contract), one]));
      const judgement = judgeAuthority(authority, (contract) => votes.get(contractKey(contract))!);
      const differs = judgement.narHash !== null && judgement.narHash !== ownHash;
      const status = differs ? "differs" : statusOfVerdict(judgement.verdict);
      return { storePath: finding.storePath, ownHash, status, ...pick(judgement), said };
    }),
  );

  async function considerOwn(
    one: Finding["said"][number],
    storePath: string,
    ownHash: string,
  ): Promise<Finding["said"][number]> {
    const { contract, verdict, narHash } = one;
    const isSettled = verdict === "notRecorded" || narHash === ownHash;
    if (contract.kind === "application" || isSettled || !(await lenient(contract.address))) {
      return one;
    }
    const isAccepted = await readContract(client, {
      ...{ address: contract.address, abi: trustPolicyAbi, functionName: "isAcceptedAt" },
      args: [pathKeyOf(storePath), narHashBytes(ownHash)],
      blockNumber,
    }).catch(explainChainError);
    return isAccepted ? { contract, verdict: "accepted", narHash: ownHash } : one;
  }
}

function pick({ verdict, narHash }: Pick<Finding, "verdict" | "narHash">) {
  return { verdict, narHash };
}

/** Whether a policy takes any of the hashes that a member recorded; each is asked once. */
function lenientPolicies(client: Client, blockNumber: bigint): (policy: Address) => Promise<boolean> {
  const asked = new Map<Address, Promise<boolean>>();
  const ask = async (address: Address) => {
    const { contradictions } = await readContract(client, {
      ...{ address, abi: trustPolicyAbi, functionName: "terms" },
      blockNumber,
    }).catch(explainChainError);
    return contradictions === Contradictions.Any;
  };
  return (policy) => {
    const answer = asked.get(policy) ?? ask(policy);
    asked.set(policy, answer);
    return answer;
  };
}
