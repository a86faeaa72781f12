import { isAddress } from "viem";
import type { BuildProof } from "./buildProof.ts";
import { OUTPUTS_TREE_HEIGHT } from "./outputsRoot.ts";
import { ProofDamagedError } from "./proofErrors.ts";

const SCHEMA = "cartenix.proof.v1";
/** Characters of the longest proof that is read: a statement has up to 2 MiB, and twice as many digits. */
export const MAX_PROOF_LENGTH = 10 * 1024 * 1024;
const MAX_CLAIMS = 2;

/** A proof as the JSON text of a file. */
export function formatProof(proof: BuildProof): string {
  const text = JSON.stringify(
    { schema: SCHEMA, ...proof },
    (_, value) => (typeof value === "bigint" ? value.toString() : value),
    2,
  );
  return `${text}\n`;
}

/**
 * Parses what `formatProof` writes: every field must be there, and no other. Nothing is verified yet.
 *
 * @throws {ProofDamagedError} naming the field.
 */
export function parseProof(text: string): BuildProof {
  if (text.length > MAX_PROOF_LENGTH) {
    throw new ProofDamagedError(`the proof is longer than ${MAX_PROOF_LENGTH} characters`);
  }
  const value = readObject("the proof", parseJson(text), PROOF);
  if (value.schema !== SCHEMA) {
    throw new ProofDamagedError(`the proof's schema is not ${SCHEMA}`);
  }
  const { schema, ...proof } = value;
  return proof as unknown as BuildProof;
}

/** Reads one field. */
type Read = (name: string, value: unknown) => unknown;

const text: Read = (name, value) => {
  if (typeof value !== "string") {
    throw new ProofDamagedError(`${name} is not a text`);
  }
  return value;
};
const matching =
  (pattern: RegExp, what: string): Read =>
  (name, value) => {
    if (typeof value !== "string" || !pattern.test(value)) {
      throw new ProofDamagedError(`${name} is not ${what}`);
    }
    return value;
  };
const hash = matching(/^0x[0-9a-f]{64}$/, "32 bytes in hexadecimal digits");
const bytes = matching(/^0x(?:[0-9a-f]{2})*$/, "bytes in hexadecimal digits");
const address: Read = (name, value) => {
  if (typeof value !== "string" || !isAddress(value)) {
    throw new ProofDamagedError(`${name} is not an address`);
  }
  return value;
};
const bigCount: Read = (name, value) =>
  BigInt(matching(/^(0|[1-9][0-9]{0,19})$/, "a number in decimal digits")(name, value) as string);
const count: Read = (name, value) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw new ProofDamagedError(`${name} is not a number`);
  }
  return value;
};
const list =
  (read: Read, min: number, max: number): Read =>
  (name, value) => {
    if (!Array.isArray(value) || value.length < min || value.length > max) {
      throw new ProofDamagedError(`${name} is not a list of ${min === max ? min : `${min} to ${max}`}`);
    }
    return value.map((item, index) => read(`${name}[${index}]`, item));
  };
const object =
  (fields: Readonly<Record<string, Read>>): Read =>
  (name, value) =>
    readObject(name, value, fields);

const OUTPUT = object({
  output: bytes,
  outputIndex: bigCount,
  siblings: list(hash, OUTPUTS_TREE_HEIGHT, OUTPUTS_TREE_HEIGHT),
});

const PROOF = {
  schema: text,
  chainId: count,
  application: address,
  templateHash: hash,
  registry: address,
  storePath: text,
  voucher: OUTPUT,
  statement: (name: string, value: unknown) => (value === null ? null : OUTPUT(name, value)),
  claims: list(
    object({
      consensus: address,
      outputsMerkleRoot: hash,
      lastProcessedBlockNumber: bigCount,
      blockNumber: bigCount,
      blockHash: hash,
      transactionHash: hash,
      logIndex: count,
    }),
    1,
    MAX_CLAIMS,
  ),
} as const satisfies Record<string, Read>;

function readObject(
  name: string,
  value: unknown,
  fields: Readonly<Record<string, Read>>,
): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProofDamagedError(`${name} is not an object`);
  }
  const unknown = Object.keys(value).find((field) => !Object.hasOwn(fields, field));
  if (unknown !== undefined) {
    throw new ProofDamagedError(`${name} has an unknown field ${JSON.stringify(unknown.slice(0, 80))}`);
  }
  return Object.fromEntries(
    Object.entries(fields).map(([field, read]) => [
      field,
      read(field, (value as Record<string, unknown>)[field]),
    ]),
  );
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new ProofDamagedError("the proof is not JSON", { cause });
  }
}
