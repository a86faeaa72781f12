import { isAddress } from "viem";
import { z } from "zod";
import { isStorePath } from "../../nix/index.ts";

/** What may be part of an indexer's answer. Fields that nobody here reads may be there, too. */

export const storePath = z.string().refine(isStorePath, "is not a store path");

export const address = z.string().refine((text) => isAddress(text), "is not an address");

export const hash = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/, "is not 32 bytes in hexadecimal digits")
  .transform((text) => text as `0x${string}`);

export const count = z
  .string()
  .regex(/^[0-9]{1,20}$/, "is not a number")
  .transform((text) => BigInt(text));
