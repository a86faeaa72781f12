import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Address, createPublicClient, custom, type Hash, type Hex, numberToHex } from "viem";
import { applicationFactoryAbi, authorityFactoryAbi, quorumFactoryAbi } from "../abi/index.ts";
import { type ApplicationTerms, isDisputable, type VotedTerms } from "./applicationTerms.ts";
import type { CartesiContracts } from "./cartesiContracts.ts";
import { type Chain, codeAt } from "./chain.ts";
import { DeploymentError } from "./deploymentError.ts";
import { consensusOf } from "./disputeConsensus.ts";
import { NEW_APPLICATION, NEW_CONSENSUS } from "./modules/makeApplicationModule.ts";
import { journalStatus } from "./runModule.ts";

/** What fixes an application's address, apart from the salt. */
export interface Application {
  chainId: number;
  genesisHash: Hash;
  deployer: Address;
  terms: ApplicationTerms;
  cartesi: CartesiContracts;
  dataAvailability: Hex;
}

export interface ChosenSalt {
  salt: Hash;
  /** The folder of the journal that belongs to this application with this salt. */
  journal?: string;
}

export interface SaltOptions {
  /** The folder with the journals of all deployments; without it no contract is known to be ours, and none is kept. */
  journals?: string;
  /** Told of a contract that somebody else created with our terms, and of the salt that is used instead of its salt. */
  onTaken?: (taken: Address, salt: Hash) => void;
}

/** More than a prankster pays for. */
const MAX_TRIED_SALTS = 100;

/**
 * Chooses the salt for an application and its consensus. Anybody can call Cartesi's factories with our terms first. That
 * contract would have our address, and our own call would fail: so a salt at which a contract exists that our journal
 * does not know is passed over.
 *
 * @throws {DeploymentError} when the terms name a salt and it is taken.
 */
export async function chooseSalt(
  chain: Chain,
  application: Application,
  { journals, onTaken }: SaltOptions,
): Promise<ChosenSalt> {
  const { salt: wanted } = application.terms;
  let stranger: Address | undefined;
  for (let number = 0; number < MAX_TRIED_SALTS; number++) {
    const salt = wanted ?? numberToHex(number, { size: 32 });
    const journal = journals && join(journals, journalName(application, salt));
    const taken = await firstTaken(chain, await addressesOf(chain, application, salt), journal);
    if (!taken) {
      if (stranger) {
        onTaken?.(stranger, salt);
      }
      return { salt, ...(journal && { journal }) };
    }
    if (wanted) {
      throw new DeploymentError(`the salt ${wanted} is taken`, {
        details: `somebody else, or a deployment whose journal is not here, created ${taken} with the same terms`,
        remedy: "put another salt into the parameters, or leave it out",
      });
    }
    stranger ??= taken;
  }
  throw new DeploymentError(`the salts 0 to ${MAX_TRIED_SALTS - 1} are taken`, {
    remedy: "put a random salt into the parameters",
  });
}

/** The addresses that a stranger can take: those that Cartesi's factories give with this salt, by the names of our calls. */
async function addressesOf(
  chain: Chain,
  { deployer, terms, cartesi, dataAvailability }: Application,
  salt: Hash,
): Promise<[call: string, address: Address][]> {
  const client = createPublicClient({ transport: custom(chain) });
  const consensus = isDisputable(terms)
    ? consensusOf(terms, cartesi)
    : await votedConsensusOf(chain, terms, cartesi, salt);
  const application = await client.readContract({
    address: cartesi.applicationFactory,
    abi: applicationFactoryAbi,
    functionName: "calculateApplicationAddress",
    args: [consensus, deployer, terms.templateHash, dataAvailability, salt],
  });
  return [
    ...(isDisputable(terms) ? [] : [[NEW_CONSENSUS, consensus] as [string, Address]]),
    [NEW_APPLICATION, application],
  ];
}

function votedConsensusOf(
  chain: Chain,
  { consensus, epochLength }: VotedTerms,
  { authorityFactory, quorumFactory }: CartesiContracts,
  salt: Hash,
): Promise<Address> {
  const client = createPublicClient({ transport: custom(chain) });
  return "quorum" in consensus
    ? client.readContract({
        address: quorumFactory,
        abi: quorumFactoryAbi,
        functionName: "calculateQuorumAddress",
        args: [consensus.quorum, BigInt(epochLength), salt],
      })
    : client.readContract({
        address: authorityFactory,
        abi: authorityFactoryAbi,
        functionName: "calculateAuthorityAddress",
        args: [consensus.authority, BigInt(epochLength), salt],
      });
}

async function firstTaken(
  chain: Chain,
  created: readonly [call: string, address: Address][],
  journal: string | undefined,
): Promise<Address | undefined> {
  const status = await journalStatus(journal);
  const ours = new Set([...(status?.successful ?? []), ...(status?.started ?? [])]);
  for (const [call, address] of created) {
    if (!ours.has(`Application#${call}`) && (await codeAt(chain, address)) !== "0x") {
      return address;
    }
  }
  return undefined;
}

/** One journal for each application: Ignition refuses to go on in one whose terms were different. */
function journalName({ chainId, genesisHash, deployer, terms, cartesi }: Application, salt: Hash): string {
  const { templateHash, owner } = terms;
  const consensus = isDisputable(terms)
    ? [consensusOf(terms, cartesi)]
    : [terms.epochLength, terms.consensus];
  const application = [genesisHash, deployer.toLowerCase(), templateHash, ...consensus, owner, salt];
  const digest = createHash("sha256").update(JSON.stringify(application)).digest("hex");
  return `chain-${chainId}-${digest.slice(0, 8)}`;
}
