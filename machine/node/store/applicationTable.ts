import { getAddress } from "viem";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import { bytesOf, hexOf } from "../model/bytes.ts";
import type { Store } from "./openStore.ts";
import { DatabaseError } from "./storageErrors.ts";

/** Writes down which application the database is of; throws when it is another one's already. */
export function recordApplication(store: Store, facts: ApplicationInfo): void {
  const known = readStoredApplicationInfo(store);
  if (known === undefined) {
    store.sql.run`
      INSERT INTO application (
        id, chain_id, genesis_hash, address, consensus, consensus_type, input_box, data_availability,
        template_hash, epoch_length, first_block, checked_block
      ) VALUES (
        1, ${facts.chainId}, ${bytesOf(facts.genesisHash)}, ${bytesOf(facts.address)},
        ${bytesOf(facts.consensus)}, ${facts.consensusType}, ${bytesOf(facts.inputBox)},
        ${bytesOf(facts.dataAvailability)}, ${bytesOf(facts.templateHash)}, ${facts.epochLength},
        ${facts.firstBlock}, ${facts.firstBlock - 1n}
      )`;
    return;
  }
  for (const key of Object.keys(facts) as (keyof ApplicationInfo)[]) {
    if (key !== "firstBlock" && known[key] !== facts[key]) {
      throw new DatabaseError(
        store.database.location() ?? "",
        `it was made for ${key} ${known[key]}, the chain now says ${facts[key]}`,
      );
    }
  }
}

/** The application's row beside its facts. */
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
  consensus_type: ApplicationInfo["consensusType"];
  input_box: Uint8Array;
  data_availability: Uint8Array;
  template_hash: Uint8Array;
  epoch_length: bigint;
  first_block: bigint;
  checked_block: bigint;
  created_at: bigint;
  updated_at: bigint;
}
