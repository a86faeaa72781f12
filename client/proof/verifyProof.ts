import { type Hex, hexToBytes, isAddressEqual } from "viem";
import { isStorePath } from "../../nix/index.ts";
import {
  decodeOutput,
  decodeRecord,
  decodeStatement,
  formatNarHash,
  type RegistryOutput,
  type Statement,
} from "../../protocol/index.ts";
import { CartenixError } from "../../support/index.ts";
import { printableText } from "../printableText.ts";
import type { AcceptedClaim, BuildProof } from "./buildProof.ts";
import { OUTPUTS_TREE_HEIGHT, outputsRootOf, type ProvenOutput } from "./outputsRoot.ts";
import { ProofDamagedError } from "./proofErrors.ts";

/** Leaves of the outputs tree: higher bits of an index would not change the root. */
const OUTPUTS = 1n << BigInt(OUTPUTS_TREE_HEIGHT);

/** What a proof shows if one believes that the chain accepted its claims. */
export interface ProvenBuild {
  readonly storePath: string;
  /** `sha256-<base64>`. */
  readonly narHash: string;
  /** The output as the voucher records it: derivation, size, references, inputs. */
  readonly output: RegistryOutput;
  /** The application's input that asked for the build. */
  readonly inputIndex: bigint;
  /** The claim that covers the voucher. */
  readonly claim: AcceptedClaim;
  /** The machine's statement about the build, covered by a claim, too. */
  readonly statement: Statement | undefined;
}

/**
 * Verifies a proof by itself, without any network: that its voucher records the path, and is among the outputs of a claim in it.
 * That the chain accepted that claim is not in it: see `checkClaims`.
 *
 * @throws {ProofDamagedError} when it does not show what it says.
 */
export function verifyProof(proof: BuildProof): ProvenBuild {
  const { storePath, registry, voucher } = proof;
  if (!isStorePath(storePath)) {
    throw new ProofDamagedError(`it is about what is no store path: ${printableText(storePath)}`);
  }
  const claim = claimOf(proof, voucher, "the voucher");
  const call = decodeOutput(voucher.output);
  if (call?.type !== "Voucher" || !isAddressEqual(call.destination, registry) || call.value !== 0n) {
    throw new ProofDamagedError(`its output is not a voucher for the registry ${registry}`);
  }
  const record = decodeRecord(call.payload);
  const output = record?.outputs.find((one) => one.storePath === storePath);
  if (!record || !output) {
    throw new ProofDamagedError(`its voucher does not record ${storePath}`);
  }
  return {
    storePath,
    narHash: formatNarHash(output.narHash),
    output,
    inputIndex: record.inputIndex,
    claim,
    statement: proof.statement ? verifyStatement(proof, proof.statement, output) : undefined,
  };
}

function claimOf({ claims }: BuildProof, output: ProvenOutput, what: string): AcceptedClaim {
  if (output.outputIndex >= OUTPUTS) {
    throw new ProofDamagedError(`no tree of outputs has the place of ${what}, ${output.outputIndex}`);
  }
  const root = outputsRootOf(output);
  const claim = claims.find(({ outputsMerkleRoot }) => outputsMerkleRoot === root);
  if (!claim) {
    throw new ProofDamagedError(`no claim in it covers ${what}`, { details: `its outputs root is ${root}` });
  }
  return claim;
}

function verifyStatement(proof: BuildProof, notice: ProvenOutput, recorded: RegistryOutput): Statement {
  claimOf(proof, notice, "the statement");
  const statement = decodeNotice(notice.output);
  const stated = statement.outputs.find(({ path }) => path === proof.storePath);
  if (
    !stated ||
    `0x${stated.narHash}` !== recorded.narHash ||
    statement.drvPath !== recorded.drvPath ||
    statement.chainId !== BigInt(proof.chainId) ||
    !isAddressEqual(statement.application, proof.application)
  ) {
    throw new ProofDamagedError("its statement is about something else than its voucher");
  }
  return statement;
}

function decodeNotice(bytes: Hex): Statement {
  const output = decodeOutput(bytes);
  if (output?.type !== "Notice") {
    throw new ProofDamagedError("its statement is not a notice");
  }
  try {
    return decodeStatement(hexToBytes(output.payload));
  } catch (cause) {
    if (!(cause instanceof CartenixError)) {
      throw cause;
    }
    throw new ProofDamagedError("its statement is malformed", { cause, details: cause.shortMessage });
  }
}
