import { type Hex, isHex } from "viem";
import { z } from "zod";
import { decodeOutput } from "../../protocol/index.ts";
import { OUTPUTS_TREE_HEIGHT } from "../proof/outputsRoot.ts";

const hex = z
  .string()
  .refine((text): text is Hex => isHex(text) && text.length % 2 === 0, "is not bytes in hexadecimal digits");
const hash = hex.refine((text) => text.length === 66, "is not 32 bytes");
const index = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,16}$/, "is not a number in hexadecimal digits")
  .transform((text) => BigInt(text));

/** The machine's results; `NONE` before there is one. */
export const INPUT_STATUSES = [
  "NONE",
  "ACCEPTED",
  "REJECTED",
  "EXCEPTION",
  "MACHINE_HALTED",
  "OUTPUTS_LIMIT_EXCEEDED",
  "CYCLE_LIMIT_EXCEEDED",
  "TIME_LIMIT_EXCEEDED",
  "PAYLOAD_LENGTH_LIMIT_EXCEEDED",
] as const;

export const EPOCH_STATUSES = [
  "OPEN",
  "CLOSED",
  "INPUTS_PROCESSED",
  "CLAIM_COMPUTED",
  "CLAIM_SUBMITTED",
  "CLAIM_ACCEPTED",
  "CLAIM_REJECTED",
] as const;

const input = z
  .object({
    index,
    epoch_index: index,
    block_number: index,
    status: z.enum(INPUT_STATUSES),
    machine_hash: hash.nullable(),
    outputs_hash: hash.nullable(),
  })
  .transform((raw) => ({
    ...{ index: raw.index, epochIndex: raw.epoch_index, blockNumber: raw.block_number, status: raw.status },
    ...{ machineHash: raw.machine_hash, outputsHash: raw.outputs_hash },
  }));

const output = z
  .object({
    index,
    epoch_index: index,
    input_index: index,
    raw_data: hex,
    output_hashes_siblings: z.array(hash).length(OUTPUTS_TREE_HEIGHT).nullable(),
    execution_transaction_hash: hash.nullable(),
  })
  .transform((raw) => ({
    ...{ index: raw.index, epochIndex: raw.epoch_index, inputIndex: raw.input_index, rawData: raw.raw_data },
    decodedData: decodeOutput(raw.raw_data) ?? null,
    outputHashesSiblings: raw.output_hashes_siblings,
    executionTransactionHash: raw.execution_transaction_hash,
  }));

const report = z
  .object({ input_index: index, raw_data: hex })
  .transform((raw) => ({ inputIndex: raw.input_index, rawData: raw.raw_data }));

/** A list of which the node says how long it is. */
function pageOf<Item extends z.ZodTypeAny>(item: Item) {
  return z
    .object({
      data: z.array(item),
      pagination: z.object({ total_count: z.number().int().nonnegative() }),
    })
    .transform(({ data, pagination }) => ({ data, pagination: { totalCount: pagination.total_count } }));
}

/** The results of the `cartesi_*` methods that are asked, as far as they are read. */
export const inputAnswer = z.object({ data: input });
export const outputAnswer = z.object({ data: output });
export const epochAnswer = z.object({ data: z.object({ index, status: z.enum(EPOCH_STATUSES) }) });
export const outputPage = pageOf(output);
export const reportPage = pageOf(report);
