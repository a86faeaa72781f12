import type { Address, Client, Hex } from "viem";
import { readContract } from "viem/actions";
import { buildRegistryAbi, trustPolicyAbi } from "../../abi/index.ts";
import { formatNarHash } from "../../protocol/index.ts";
import {
  type Authority,
  type Contract,
  contractKey,
  contractsIn,
  derivationKeyOf,
  type Judgement,
  judgeAuthority,
  VERDICTS,
  type Verdict,
} from "../../trust/index.ts";
import { NotTheContractError } from "../clientErrors.ts";
import { explainChainError } from "./explainChainError.ts";

/** One output of a derivation. */
export interface DerivationOutputName {
  readonly drvPath: string;
  readonly outputName: string;
}

/** What somebody says of a derivation's output: which path it has, as its key, and the NAR hash of that. */
export interface DerivationJudgement extends Judgement {
  /** keccak256 of the accepted path, whose text is not on the chain. */
  readonly pathKey: Hex | null;
}

export interface DerivationFinding extends DerivationOutputName, DerivationJudgement {
  readonly said: readonly (DerivationJudgement & { readonly contract: Contract })[];
}

export interface ReadDerivationFindingsParameters {
  authority: Authority;
  /** The registry in which applications record; policies have their own. */
  registry: Address;
  outputs: readonly DerivationOutputName[];
  blockNumber: bigint;
}

/**
 * Asks the chain what an authority says of outputs of derivations. A threshold wants the same path with the same hash from so many of its
 * parts.
 *
 * @returns the findings in the outputs' order.
 * @throws {ChainUnreachableError} when an endpoint does not answer.
 * @throws {NotTheContractError} when the registry or a policy is not at its address.
 */
export async function readDerivationFindings(
  client: Client,
  { authority, registry, outputs, blockNumber }: ReadDerivationFindingsParameters,
): Promise<DerivationFinding[]> {
  const contracts = contractsIn(authority);
  return Promise.all(
    outputs.map(async (output) => {
      const said = await Promise.all(
        contracts.map(async (contract) => {
          const ask = contract.kind === "policy" ? askPolicy : askRegistry;
          const judgement = await ask(client, { address: contract.address, registry, output, blockNumber });
          return { contract, ...judgement };
        }),
      ).catch(explainChainError);
      return { ...output, ...judge(authority, said), said };
    }),
  );
}

function judge(authority: Authority, said: DerivationFinding["said"]): DerivationJudgement {
  const votes = new Map(said.map((one) => [contractKey(one.contract), one]));
  const together = judgeAuthority(authority, (contract) => {
    const { verdict, pathKey, narHash } = votes.get(contractKey(contract))!;
    return { verdict, narHash: narHash === null ? null : `${pathKey} ${narHash}` };
  });
  const [pathKey = null, narHash = null] = together.narHash?.split(" ") ?? [];
  return { verdict: together.verdict, pathKey: pathKey as Hex | null, narHash };
}

interface Question {
  address: Address;
  registry: Address;
  output: DerivationOutputName;
  blockNumber: bigint;
}

async function askPolicy(client: Client, question: Question): Promise<DerivationJudgement> {
  const { address, output, blockNumber } = question;
  const [pathKey, narHash, number] = await readContract(client, {
    ...{ address, abi: trustPolicyAbi, functionName: "acceptedHashOfDerivation" },
    args: [output.drvPath, output.outputName],
    blockNumber,
  });
  const verdict = VERDICTS[number];
  if (verdict === undefined) {
    throw new NotTheContractError(`${address} is no policy: it answers with verdict ${number}`);
  }
  return verdict === "accepted" ? { verdict, pathKey, narHash: formatNarHash(narHash) } : undecided(verdict);
}

/** An application alone is believed unless it contradicted itself: another path for the derivation, or another hash for the path. */
async function askRegistry(client: Client, question: Question): Promise<DerivationJudgement> {
  const { address: application, registry: address, output, blockNumber } = question;
  const { drvPath, outputName } = output;
  const contract = { address, abi: buildRegistryAbi, blockNumber } as const;
  const [[pathKey, isContested], record] = await Promise.all([
    readContract(client, {
      ...{ ...contract, functionName: "pathAt" },
      args: [application, derivationKeyOf(drvPath, outputName)],
    }),
    readContract(client, {
      ...{ ...contract, functionName: "recordOfDerivation" },
      args: [application, drvPath, outputName],
    }),
  ]);
  if (BigInt(record.narHash) === 0n) {
    return undecided("notRecorded");
  }
  return isContested || record.conflicts > 0n
    ? undecided("conflict")
    : { verdict: "accepted", pathKey, narHash: formatNarHash(record.narHash) };
}

function undecided(verdict: Exclude<Verdict, "accepted">): DerivationJudgement {
  return { verdict, pathKey: null, narHash: null };
}
