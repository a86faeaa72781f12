import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Address, Hash, Hex } from "viem";

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

/** Reads a record that {@link writeRecord} wrote. */
export async function readRecord(file: string): Promise<DeploymentRecord> {
  return JSON.parse(await readFile(file, "utf8")) as DeploymentRecord;
}
