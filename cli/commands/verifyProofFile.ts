import { readFile, stat } from "node:fs/promises";
import {
  type BuildProof,
  checkClaims,
  MAX_PROOF_LENGTH,
  ProofDamagedError,
  type ProvenBuild,
  parseProof,
  verifyProof,
} from "../../client/index.ts";
import type { Outcome } from "../action.ts";
import { ConfigError } from "../cliErrors.ts";
import type { Connection } from "../connect.ts";

export interface VerifyProofFileParameters {
  file: string;
  /** The chain that is asked about the claims; none is asked where it is `undefined`. */
  connection: Connection | undefined;
}

/**
 * Verifies a proof in a file, and says what remains to be believed.
 *
 * @throws {ProofDamagedError} when it does not show what it says.
 */
export async function verifyProofFile({ file, connection }: VerifyProofFileParameters): Promise<Outcome> {
  const proof = parseProof(await readBounded(file));
  const build = verifyProof(proof);
  if (connection) {
    await checkClaims(connection.client, proof, connection.blockNumber);
  }
  const believed = whatToBelieve(proof, build, connection);
  const { storePath, narHash, output, inputIndex, statement } = build;
  return {
    exitCode: 0,
    text: [
      `proven  ${storePath}`,
      `  ${narHash}, ${output.narSize} bytes`,
      `  built from ${output.drvPath}!${output.outputName}, as input ${inputIndex} of ${proof.application} asked`,
      ...(statement ? [`  by Nix ${statement.nixVersion} for ${statement.system}`] : []),
      "What remains to be believed:",
      ...believed.map((line) => `  - ${line}`),
    ].join("\n"),
    json: {
      status: "accepted",
      ...{ storePath, narHash, narSize: output.narSize, references: output.references },
      ...{ drvPath: output.drvPath, outputName: output.outputName, inputIndex },
      ...{ chainId: proof.chainId, application: proof.application, templateHash: proof.templateHash },
      claim: build.claim,
      hasStatement: statement !== undefined,
      believed,
    },
  };
}

function whatToBelieve(
  proof: BuildProof,
  { claim }: ProvenBuild,
  connection: Connection | undefined,
): string[] {
  const chain = connection
    ? [`that the endpoints told the truth about chain ${proof.chainId} as of block ${connection.blockNumber}`]
    : [
        `that on chain ${proof.chainId}, in block ${claim.blockNumber} (${claim.blockHash}), transaction ${claim.transactionHash} made the consensus ${claim.consensus} accept the outputs root ${claim.outputsMerkleRoot} of ${proof.application}`,
        `that the template hash of ${proof.application} is ${proof.templateHash}`,
      ];
  return [
    ...chain,
    `that who makes claims for ${claim.consensus} ran the machine honestly: \`cartenix audit\` runs it again`,
    `that the template ${proof.templateHash} is what it should be: \`cartenix template\` makes it from its sources`,
    "that the application has not recorded another hash for this path since: `cartenix lookup` asks",
  ];
}

async function readBounded(file: string): Promise<string> {
  const found = await stat(file).catch((cause: Error) => {
    throw new ConfigError(`cannot read the proof ${file}`, { cause, details: cause.message });
  });
  if (found.size > MAX_PROOF_LENGTH) {
    throw new ProofDamagedError(`${file} is longer than a proof`);
  }
  return readFile(file, "utf8");
}
