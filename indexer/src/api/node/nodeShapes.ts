import { type Hex, isHex } from "viem";
import { z } from "zod";

/** The machine's results in the `cartesi_*` API; `NONE` before there is one. */
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

/** The height of the tree of outputs. */
const SIBLINGS = 63;

const hex = z
  .string()
  .refine((text): text is Hex => isHex(text) && text.length % 2 === 0, "is not bytes in hexadecimal digits");
const hash = hex.refine((text) => text.length === 66, "is not 32 bytes");
const index = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,16}$/, "is not a number in hexadecimal digits")
  .transform((text) => BigInt(text));

/** A list of which the node says how long it is. */
function listOf<Item extends z.ZodTypeAny>(item: Item) {
  return z.object({
    data: z.array(item),
    pagination: z.object({ total_count: z.number().int().nonnegative() }),
  });
}

export const inputAnswer = z.object({
  data: z.object({
    index,
    block_number: index,
    status: z.enum(INPUT_STATUSES),
    machine_hash: hash.nullable(),
    outputs_hash: hash.nullable(),
  }),
});

export const epochAnswer = z.object({ data: z.object({ index, status: z.enum(EPOCH_STATUSES) }) });

const output = z.object({
  index,
  input_index: index,
  raw_data: hex,
  output_hashes_siblings: z.array(hash).length(SIBLINGS).nullable(),
  execution_transaction_hash: hash.nullable(),
});
export type NodeOutput = z.output<typeof output>;
export const outputPage = listOf(output);

export const reportPage = listOf(z.object({ input_index: index, raw_data: hex }));
