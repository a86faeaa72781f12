import { db, publicClients } from "ponder:api";
import { application, consensus, policy, policyMember } from "ponder:schema";
import { and, asc, eq } from "ponder";
import { type Address, zeroAddress } from "viem";
import { trustPolicyAbi } from "../../../../abi/index.ts";
import { RequestError } from "../limits/requestError.ts";
import { chainOf } from "./chains.ts";

export type PolicyRow = typeof policy.$inferSelect;

export interface Member {
  application: Address;
  templateHash: `0x${string}`;
  consensus: Address;
  claimer: Address;
  /** Whether its votes count. */
  meetsTerms: boolean;
}

/** What a policy asks for, and who its members are now. */
export type Terms = PolicyRow & { members: Member[] };

/**
 * A policy and the standing of its members.
 *
 * @throws {RequestError} when no such policy is indexed, or when the chain must be asked and does not answer.
 */
export async function findPolicy(chainId: number, address: Address): Promise<Terms> {
  chainOf(chainId);
  const [[row], members] = await Promise.all([
    db
      .select()
      .from(policy)
      .where(and(eq(policy.chainId, chainId), eq(policy.address, address))),
    readMembers(chainId, address),
  ]);
  if (row === undefined) {
    throw new RequestError(404, `${address} is not a policy of the registry's factory on chain ${chainId}`, {
      remedy: "list the policies at /v1/policies, or ask the contract itself",
    });
  }
  const standing = members.map((member) => meetsTerms(row, member));
  const known = standing.includes(undefined) ? await askChain(chainId, address) : standing;
  return {
    ...row,
    members: members.map(({ member }, place) => ({
      application: member.applicationAddress,
      templateHash: member.templateHash,
      consensus: member.consensus,
      claimer: member.claimer,
      meetsTerms: known[place] === true,
    })),
  };
}

type FoundMember = Awaited<ReturnType<typeof readMembers>>[number];

async function readMembers(chainId: number, address: Address) {
  const rows = await db
    .select({ member: policyMember, application, consensus })
    .from(policyMember)
    .leftJoin(
      application,
      and(
        eq(application.chainId, policyMember.chainId),
        eq(application.address, policyMember.applicationAddress),
      ),
    )
    .leftJoin(
      consensus,
      and(eq(consensus.chainId, application.chainId), eq(consensus.address, application.consensus)),
    )
    .where(and(eq(policyMember.chainId, chainId), eq(policyMember.policyAddress, address)))
    .orderBy(asc(policyMember.position));
  return rows;
}

/**
 * Whether a member meets those terms that can cease to hold, as `TrustPolicy` decides it; undefined where only the chain knows,
 * since Cartesi's factories did not create the application or its consensus after indexing starts.
 */
function meetsTerms({ ownerRenounced }: PolicyRow, { member, ...found }: FoundMember): boolean | undefined {
  const namesConsensus = member.consensus !== zeroAddress;
  const namesClaimer = member.claimer !== zeroAddress;
  if (!namesClaimer && (!namesConsensus || ownerRenounced)) {
    return true;
  }
  const current = found.application?.consensus;
  if (!current) {
    return undefined;
  }
  if (namesConsensus && current !== member.consensus) {
    return false;
  }
  if (!namesClaimer) {
    return true;
  }
  switch (found.consensus?.kind) {
    case "authority":
      return found.consensus.owner === member.claimer;
    case "quorum":
      return false;
    default:
      return undefined;
  }
}

async function askChain(chainId: number, address: Address): Promise<boolean[]> {
  const client = (publicClients as Record<string, (typeof publicClients)[keyof typeof publicClients]>)[
    chainOf(chainId).name
  ]!;
  try {
    const states = await client.readContract({ address, abi: trustPolicyAbi, functionName: "members" });
    return states.map((state) => state.meetsTerms);
  } catch (cause) {
    throw new RequestError(502, "the chain did not say whether the policy's members meet its terms", {
      details: "the consensus of a member is not one that Cartesi's factories created since indexing starts",
      remedy: "try again, or call the policy's acceptedHashAt yourself",
      cause,
    });
  }
}
