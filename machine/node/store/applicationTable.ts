import { getAddress } from "viem";
import type { ApplicationInfo, ConsensusType } from "../model/applicationInfo.ts";
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
        template_hash, epoch_length, first_block, checked_block
      ) VALUES (
        1, ${application.chainId}, ${bytesOf(application.genesisHash)}, ${bytesOf(application.address)},
        ${bytesOf(application.consensus)}, ${application.consensusType}, ${bytesOf(application.inputBox)},
        ${bytesOf(application.dataAvailability)}, ${bytesOf(application.templateHash)}, ${application.epochLength},
        ${application.firstBlock}, ${application.firstBlock - 1n}
      )`;
    return;
  }
  for (const key of Object.keys(application) as (keyof ApplicationInfo)[]) {
    if (key !== "firstBlock" && known[key] !== application[key]) {
      throw new DatabaseError(
        store.database.location() ?? "",
        `it belongs to an application with ${key} ${known[key]}, the chain now reports ${application[key]}`,
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
    consensusType: row.consensus_type,
    inputBox: getAddress(hexOf(row.input_box)),
    dataAvailability: hexOf(row.data_availability),
    templateHash: hexOf(row.template_hash),
    epochLength: row.epoch_length,
    firstBlock: row.first_block,
  };
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
  epoch_length: bigint;
  first_block: bigint;
  checked_block: bigint;
  created_at: bigint;
  updated_at: bigint;
}
