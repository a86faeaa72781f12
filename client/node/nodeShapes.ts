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

const input = z
  .object({ index, epoch_index: index, status: z.string().regex(/^[A-Z_]{1,64}$/, "is not a status") })
  .transform(({ epoch_index: epochIndex, ...rest }) => ({ epochIndex, ...rest }));

const output = z
  .object({
    index,
    epoch_index: index,
    raw_data: hex,
    output_hashes_siblings: z.array(hash).length(OUTPUTS_TREE_HEIGHT).nullable(),
  })
  .transform(({ index: at, epoch_index, raw_data, output_hashes_siblings }) => ({
    ...{ index: at, epochIndex: epoch_index, rawData: raw_data },
    decodedData: decodeOutput(raw_data) ?? null,
    outputHashesSiblings: output_hashes_siblings,
  }));

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
export const epochAnswer = z.object({
  data: z.object({ status: z.string().regex(/^[A-Z_]{1,64}$/, "is not a status") }),
});
export const outputPage = pageOf(output);
export const reportPage = pageOf(
  z.object({ raw_data: hex }).transform(({ raw_data }) => ({ rawData: raw_data })),
);
