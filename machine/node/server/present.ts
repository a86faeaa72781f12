import type { Application, Epoch, Input, Output, Report } from "@cartesi/rpc";
import { getAddress, numberToHex } from "viem";
import { decodeEvmAdvance, decodeOutput, MAX_INPUT_CYCLES } from "../../../protocol/index.ts";
import type { ApplicationInfo } from "../model/applicationInfo.ts";
import { hexOf } from "../model/bytes.ts";
import type { ApplicationState } from "../store/applicationTable.ts";
import type { Row } from "../store/listRows.ts";
import { MAX_CONCURRENT_INSPECTS } from "./inspector.ts";
import { APPLICATION_NAME } from "./params.ts";

/**
 * The application in the Cartesi node's format, which does not know DISPUTE. This node has no deadlines, and epochs that end by
 * seals have no length, so these are zero.
 */
export function presentApplication(
  application: ApplicationInfo,
  state: ApplicationState,
  { processedInputs, inspectMaxCycles }: { processedInputs: bigint; inspectMaxCycles: bigint },
): Application {
  const checkedBlock = numberToHex(state.checkedBlock);
  const times = { created_at: state.createdAt.toISOString(), updated_at: state.updatedAt.toISOString() };
  return {
    name: APPLICATION_NAME,
    iapplication_address: application.address,
    iconsensus_address: application.consensus,
    iinputbox_address: application.inputBox,
    template_hash: application.templateHash,
    epoch_length: numberToHex(application.epochLength ?? 0n),
    data_availability: application.dataAvailability,
    consensus_type: application.consensusType as Application["consensus_type"],
    state: "ENABLED",
    reason: null,
    iinputbox_block: numberToHex(application.firstBlock),
    last_epoch_check_block: checkedBlock,
    last_input_check_block: checkedBlock,
    last_output_check_block: checkedBlock,
    processed_inputs: numberToHex(processedInputs),
    ...times,
    execution_parameters: {
      snapshot_policy: "NONE",
      advance_inc_cycles: numberToHex(MAX_INPUT_CYCLES),
      advance_max_cycles: numberToHex(MAX_INPUT_CYCLES),
      inspect_inc_cycles: numberToHex(inspectMaxCycles),
      inspect_max_cycles: numberToHex(inspectMaxCycles),
      advance_inc_deadline: "0x0",
      advance_max_deadline: "0x0",
      inspect_inc_deadline: "0x0",
      inspect_max_deadline: "0x0",
      load_deadline: "0x0",
      store_deadline: "0x0",
      fast_deadline: "0x0",
      max_concurrent_inspects: MAX_CONCURRENT_INSPECTS,
      ...times,
    },
  };
}

export function presentEpoch(row: Row): Epoch {
  return {
    index: hexNumber(row.idx),
    first_block: hexNumber(row.first_block),
    last_block: hexNumber(row.last_block),
    input_index_lower_bound: hexNumber(row.first_input),
    input_index_upper_bound: hexNumber(row.end_input),
    machine_hash: hexOrNull(row.machine_hash),
    outputs_merkle_root: hexOrNull(row.outputs_root),
    outputs_merkle_proof: null,
    commitment: null,
    commitment_proof: null,
    claim_transaction_hash: hexOrNull(row.claim_transaction),
    tournament_address: null,
    status: row.status as Epoch["status"],
    virtual_index: hexNumber(row.virtual_index),
    ...times(row),
  };
}

export function presentInput(row: Row): Input {
  const raw = hexOf(row.raw as Uint8Array);
  const advance = decodeEvmAdvance(raw);
  return {
    epoch_index: hexNumber(row.epoch),
    index: hexNumber(row.idx),
    block_number: hexNumber(row.block_number),
    raw_data: raw,
    decoded_data: advance
      ? {
          chain_id: numberToHex(advance.chainId),
          application_contract: advance.application,
          sender: advance.sender,
          block_number: numberToHex(advance.blockNumber),
          block_timestamp: numberToHex(advance.blockTimestamp),
          prev_randao: numberToHex(advance.prevRandao),
          index: numberToHex(advance.index),
          payload: advance.payload,
        }
      : null,
    status: row.status as Input["status"],
    machine_hash: hexOrNull(row.machine_hash),
    outputs_hash: hexOrNull(row.outputs_root),
    transaction_reference: hexOf(row.transaction_hash as Uint8Array),
    ...times(row),
  };
}

/** An output; its hash and siblings are null until its epoch's claim is computed. */
export function presentOutput(row: Row, siblings: Output["output_hashes_siblings"]): Output {
  return {
    epoch_index: hexNumber(row.epoch),
    input_index: hexNumber(row.input),
    index: hexNumber(row.idx),
    raw_data: hexOf(row.raw as Uint8Array),
    decoded_data: decodedOutput(row.raw as Uint8Array),
    hash: siblings === null ? null : hexOrNull(row.hash),
    output_hashes_siblings: siblings,
    execution_transaction_hash: hexOrNull(row.execution_transaction),
    created_at: time(row.created_at),
    updated_at: time(row.executed_at ?? row.created_at),
  };
}

export function presentReport(row: Row): Report {
  return {
    epoch_index: hexNumber(row.epoch),
    input_index: hexNumber(row.input),
    index: hexNumber(row.idx),
    raw_data: hexOf(row.raw as Uint8Array),
    created_at: time(row.created_at),
    updated_at: time(row.created_at),
  };
}

function decodedOutput(raw: Uint8Array): Output["decoded_data"] {
  const output = decodeOutput(hexOf(raw));
  if (output === undefined) {
    return null;
  }
  switch (output.type) {
    case "Notice":
      return output;
    case "DelegateCallVoucher":
      return { ...output, destination: getAddress(output.destination) };
    case "Voucher":
      return { ...output, destination: getAddress(output.destination), value: numberToHex(output.value) };
    default:
      return output satisfies never;
  }
}

function times(row: Row) {
  return { created_at: time(row.created_at), updated_at: time(row.updated_at) };
}

function time(milliseconds: Row[string] | undefined): string {
  return new Date(Number(milliseconds)).toISOString();
}

function hexNumber(value: Row[string] | undefined) {
  return numberToHex(value as bigint);
}

function hexOrNull(value: Row[string] | undefined) {
  return value instanceof Uint8Array ? hexOf(value) : null;
}
