import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Address, type Hash, type Hex, isAddress } from "viem";
import { DeploymentError } from "./deploymentError.ts";

/** What was deployed on a chain; all that a reader needs to find it. */
export interface DeploymentRecord {
  chainId: number;
  /** The hash of block 0: it tells two local chains with the same id apart. */
  genesisHash: Hash;
  /** The block before which there is nothing of this application. */
  deploymentBlock: number;
  inputBox: Address;
  applicationFactory: Address;
  authorityFactory: Address;
  quorumFactory: Address;
  registry: Address;
  policyFactory: Address;
  application: Address;
  /** The Authority or Quorum that accepts the application's claims. */
  consensus: Address;
  /** Who submits claims; the first validator of a Quorum. */
  claimer: Address;
  /** The validators of a Quorum; none of an Authority. */
  validators?: Address[];
  /** Who may change the application's consensus; zero for nobody. */
  owner: Address;
  /** In blocks. */
  epochLength: number;
  templateHash: Hex;
}

/** Writes a record as JSON, and the folders above it. */
export async function writeRecord(file: string, record: DeploymentRecord): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(record, null, 2)}\n`);
}

/** Reads a record that {@link writeRecord} wrote. @throws DeploymentError when it is none. */
export async function readRecord(file: string): Promise<DeploymentRecord> {
  return parseRecord(await readFile(file, "utf8"));
}

/** Checks a record's text: every field is there, and no other. @throws DeploymentError naming the field. */
export function parseRecord(text: string): DeploymentRecord {
  const record = parseObject(text);
  for (const [field, check] of Object.entries(FIELDS)) {
    if (!check(record[field])) {
      throw malformed(`${field} is missing or wrong`);
    }
  }
  const unknown = Object.keys(record).find((field) => !Object.hasOwn(FIELDS, field));
  if (unknown !== undefined) {
    throw malformed(`unknown field ${JSON.stringify(unknown.slice(0, 80))}`);
  }
  return record as unknown as DeploymentRecord;
}

type Check = (value: unknown) => boolean;

const isAnAddress: Check = (value) => typeof value === "string" && isAddress(value);
const isHash: Check = (value) => typeof value === "string" && /^0x[0-9a-f]{64}$/.test(value);
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;

const FIELDS: Readonly<Record<keyof DeploymentRecord, Check>> = {
  chainId: isCount,
  genesisHash: isHash,
  deploymentBlock: isCount,
  inputBox: isAnAddress,
  applicationFactory: isAnAddress,
  authorityFactory: isAnAddress,
  quorumFactory: isAnAddress,
  registry: isAnAddress,
  policyFactory: isAnAddress,
  application: isAnAddress,
  consensus: isAnAddress,
  claimer: isAnAddress,
  validators: (value) => value === undefined || (Array.isArray(value) && value.every(isAnAddress)),
  owner: isAnAddress,
  epochLength: isCount,
  templateHash: isHash,
};

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed("not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw malformed("no object");
  }
  return value as Record<string, unknown>;
}

function malformed(details: string): DeploymentError {
  return new DeploymentError("this is no deployment record", { details });
}
