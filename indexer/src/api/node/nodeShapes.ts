import { type Hex, isHex } from "viem";
import { z } from "zod";

const hex = z
  .string()
  .refine((text): text is Hex => isHex(text) && text.length % 2 === 0, "is not bytes in hexadecimal digits");
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

export const reportPage = listOf(z.object({ input_index: index, raw_data: hex }));
