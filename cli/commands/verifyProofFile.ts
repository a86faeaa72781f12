import { open } from "node:fs/promises";
import { isAddressEqual } from "viem";
import {
  type BuildProof,
  type Comparison,
  checkClaims,
  compareHashes,
  MAX_PROOF_LENGTH,
  ProofDamagedError,
  type ProvenBuild,
  parseProof,
  printableText,
  verifyProof,
  WrongChainError,
} from "../../client/index.ts";
import {
  type Authority,
  contractsIn,
  formatAuthority,
  judgeAuthority,
  type Status,
} from "../../trust/index.ts";
import type { Outcome } from "../action.ts";
import { ConfigError } from "../cliErrors.ts";
import type { Settings } from "../config/resolveSettings.ts";
import type { Connection } from "../connect.ts";
import { exitCodeOf } from "../output/exitCodes.ts";
import { formatSaid, VERDICT_TEXTS } from "../output/findingTexts.ts";

export interface VerifyProofFileParameters {
  file: string;
  settings: Settings;
  /** The chain that is asked about the claims and the path; none is asked where it is `undefined`. */
  connection: Connection | undefined;
}

/** A proof that holds, and what those say of it who are believed. */
interface Verified {
  proof: BuildProof;
  build: ProvenBuild;
  /** What the chain says now; `undefined` where it is not asked, or nobody is believed. */
  comparison: Comparison | undefined;
  /** How the path stands for whom the user believes; `undefined` if nobody is believed. */
  status: Status | undefined;
}

/**
 * Verifies a proof in a file, and says what remains to be believed. It holds for one application; whether that is one to believe, the
 * settings say.
 *
 * @throws {ProofDamagedError} when it does not show what it says.
 * @throws {WrongChainError} when it is of another chain than the settings'.
 */
export async function verifyProofFile(parameters: VerifyProofFileParameters): Promise<Outcome> {
  const { file, settings, connection } = parameters;
  const proof = parseProof(await readBounded(file));
  const build = verifyProof(proof);
  requireChain(proof, settings);
  if (connection) {
    await checkClaims(connection.client, proof, connection.blockNumber);
  }
  const authority = settings.authority?.value;
  const comparison = authority && connection && (await compare(build, authority, settings, connection));
  const status = comparison ? comparison.status : authority && statusByProof(proof, build, authority);
  return outcomeOf({ proof, build, comparison, status }, authority, connection);
}

function requireChain({ chainId }: BuildProof, { chainId: expected }: Settings): void {
  if (expected !== undefined && expected.value !== chainId) {
    throw new WrongChainError(`the proof is about chain ${chainId}, and not ${expected.value}`, {
      details: `${expected.value} is set by ${expected.source}`,
      remedy: "check --network and --deployment",
    });
  }
}

async function compare(
  { storePath, narHash }: ProvenBuild,
  authority: Authority,
  { registry }: Settings,
  { client, blockNumber }: Connection,
): Promise<Comparison | undefined> {
  const subjects = [{ storePath, narHash }];
  const [comparison] = await compareHashes(client, {
    ...{ authority, registry: registry.value, subjects, blockNumber },
  });
  return comparison;
}

/** Without the chain, it is not known which applications a policy counts: that they count this one, remains to be believed. */
function statusByProof({ application }: BuildProof, { narHash }: ProvenBuild, authority: Authority): Status {
  const { verdict } = judgeAuthority(authority, ({ kind, address }) =>
    kind === "policy" || isAddressEqual(address, application)
      ? { verdict: "accepted", narHash }
      : { verdict: "notRecorded", narHash: null },
  );
  return verdict === "accepted" ? "accepted" : "policyNotMet";
}

function outcomeOf(
  { proof, build, comparison, status }: Verified,
  authority: Authority | undefined,
  connection: Connection | undefined,
): Outcome {
  const { storePath, narHash, output, inputIndex, statement } = build;
  const believed = whatToBelieve(proof, build, { authority, connection });
  const isAccepted = status === undefined || status === "accepted";
  return {
    exitCode: exitCodeOf(status ?? "accepted"),
    text: [
      `${isAccepted && !comparison ? "proven" : status}  ${storePath}`,
      `  ${narHash}, ${output.narSize} bytes`,
      `  built from ${printableText(`${output.drvPath}!${output.outputName}`)}, as input ${inputIndex} of ${proof.application} asked`,
      ...(statement
        ? [`  by Nix ${printableText(statement.nixVersion)} for ${printableText(statement.system)}`]
        : []),
      ...verdictLines(comparison, status),
      "What remains to be believed:",
      ...believed.map((line) => `  - ${line}`),
    ].join("\n"),
    json: {
      // a proof alone does not show that the chain accepted its claim
      ...{ status: isAccepted && !comparison ? null : status, verdict: comparison?.verdict ?? null },
      ...{ storePath, narHash, narSize: output.narSize, references: output.references },
      ...{ drvPath: output.drvPath, outputName: output.outputName, inputIndex },
      ...{ chainId: proof.chainId, application: proof.application, templateHash: proof.templateHash },
      claim: build.claim,
      hasStatement: statement !== undefined,
      authority: authority ? formatAuthority(authority) : null,
      believed,
    },
  };
}

function verdictLines(comparison: Comparison | undefined, status: Status | undefined): string[] {
  if (comparison) {
    const { verdict, narHash, said } = comparison;
    return [VERDICT_TEXTS[verdict], ...formatSaid(said, narHash)].map((line) => `  ${line}`);
  }
  return status === "policyNotMet" ? ["  the application is not enough for whom you believe"] : [];
}

function whatToBelieve(
  proof: BuildProof,
  { claim }: ProvenBuild,
  { authority, connection }: { authority: Authority | undefined; connection: Connection | undefined },
): string[] {
  const { application, chainId, templateHash } = proof;
  const policies = authority ? contractsIn(authority).filter(({ kind }) => kind === "policy") : [];
  return [
    ...(connection
      ? [`that the endpoints told the truth about chain ${chainId} as of block ${connection.blockNumber}`]
      : [
          `that on chain ${chainId}, in block ${claim.blockNumber} (${claim.blockHash}), transaction ${claim.transactionHash} made the consensus ${claim.consensus} accept the outputs root ${claim.outputsMerkleRoot} of ${application}`,
          `that the template hash of ${application} is ${templateHash}`,
          ...policies.map((policy) => `that ${formatAuthority(policy)} counts ${application}`),
        ]),
    ...(authority ? [] : [`that ${application} is an application to believe: --trust says so`]),
    `that who makes claims for ${claim.consensus} ran the machine honestly: \`cartenix audit\` runs it again`,
    `that the template ${templateHash} is what it should be: \`cartenix template\` makes it from its sources`,
    ...(authority && connection
      ? []
      : ["that the application has not recorded another hash for this path since: `cartenix lookup` asks"]),
  ];
}

/** Its length is found by reading: a pipe has none. */
async function readBounded(file: string): Promise<string> {
  try {
    const opened = await open(file);
    try {
      const pieces: Buffer[] = [];
      let length = 0;
      for await (const piece of opened.createReadStream({ autoClose: false })) {
        length += piece.length;
        if (length > MAX_PROOF_LENGTH) {
          throw new ProofDamagedError(`${printableText(file)} is longer than a proof`);
        }
        pieces.push(piece as Buffer);
      }
      return Buffer.concat(pieces).toString();
    } finally {
      await opened.close();
    }
  } catch (cause) {
    if (cause instanceof ProofDamagedError) {
      throw cause;
    }
    throw new ConfigError(`cannot read the proof ${printableText(file)}`, {
      cause,
      details: (cause as Error).message,
    });
  }
}
