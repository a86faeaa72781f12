import { getAddress } from "viem";
import type {
  ApplicationInfo,
  ConsensusInfo,
  ConsensusType,
  DisputeTerms,
} from "../model/applicationInfo.ts";
import { bytesOf, hexOf } from "../model/bytes.ts";
import type { Store } from "./openStore.ts";
import { DatabaseError } from "./storageErrors.ts";

/**
 * Records which application the database belongs to.
 *
 * @throws {DatabaseError} when it belongs to another one.
 */
export function recordApplication(store: Store, application: ApplicationInfo): void {
  const known = readStoredApplicationInfo(store);
  if (known === undefined) {
    store.sql.run`
      INSERT INTO application (
        id, chain_id, genesis_hash, address, consensus, consensus_type, input_box, data_availability,
        template_hash, epoch_length, dispute_terms, first_block, checked_block
      ) VALUES (
        1, ${application.chainId}, ${bytesOf(application.genesisHash)}, ${bytesOf(application.address)},
        ${bytesOf(application.consensus)}, ${application.consensusType}, ${bytesOf(application.inputBox)},
        ${bytesOf(application.dataAvailability)}, ${bytesOf(application.templateHash)},
        ${application.epochLength ?? null}, ${application.terms === undefined ? null : toText(application.terms)},
        ${application.firstBlock}, ${application.firstBlock - 1n}
      )`;
    return;
  }
  for (const key of Object.keys(application) as (keyof ApplicationInfo)[]) {
    const [before, now] = [toText(known[key]), toText(application[key])];
    if (key !== "firstBlock" && before !== now) {
      throw new DatabaseError(
        store.database.location() ?? "",
        `it belongs to an application with ${key} ${before}, the chain now reports ${now}`,
      );
    }
  }
}

/** The part of the application's row that changes. */
export interface ApplicationState {
  /** The last block that was read. */
  checkedBlock: bigint;
  createdAt: Date;
  updatedAt: Date;
}

export function readStoredApplicationInfo(store: Store): ApplicationInfo | undefined {
  const row = store.sql.get`SELECT * FROM application` as ApplicationRow | undefined;
  if (row === undefined) {
    return undefined;
  }
  return {
    chainId: row.chain_id,
    genesisHash: hexOf(row.genesis_hash),
    address: getAddress(hexOf(row.address)),
    consensus: getAddress(hexOf(row.consensus)),
    ...consensusOf(row),
    inputBox: getAddress(hexOf(row.input_box)),
    dataAvailability: hexOf(row.data_availability),
    templateHash: hexOf(row.template_hash),
    firstBlock: row.first_block,
  };
}

function consensusOf({ consensus_type, epoch_length, dispute_terms }: ApplicationRow): ConsensusInfo {
  if (consensus_type !== "DISPUTE") {
    return { consensusType: consensus_type, epochLength: epoch_length! };
  }
  const terms: DisputeTerms = JSON.parse(dispute_terms!);
  return { consensusType: consensus_type, terms: { ...terms, bond: BigInt(terms.bond) } };
}

function toText(value: unknown): string {
  return typeof value === "object"
    ? JSON.stringify(value, (_, field) => (typeof field === "bigint" ? String(field) : field))
    : String(value);
}

export function readApplicationState(store: Store): ApplicationState {
  const row = store.sql.get`SELECT * FROM application` as unknown as ApplicationRow;
  return {
    checkedBlock: row.checked_block,
    createdAt: new Date(Number(row.created_at)),
    updatedAt: new Date(Number(row.updated_at)),
  };
}

interface ApplicationRow {
  chain_id: bigint;
  genesis_hash: Uint8Array;
  address: Uint8Array;
  consensus: Uint8Array;
  consensus_type: ConsensusType;
  input_box: Uint8Array;
  data_availability: Uint8Array;
  template_hash: Uint8Array;
  epoch_length: bigint | null;
  dispute_terms: string | null;
  first_block: bigint;
  checked_block: bigint;
  created_at: bigint;
  updated_at: bigint;
}
