import { z } from "@hono/zod-openapi";
import { isAddress } from "viem";

const HASH_PART = "[0-9a-df-np-sv-z]{32}";
const STORE_PATH = new RegExp(`^(/nix/store/)?(${HASH_PART}-[a-zA-Z0-9+\\-._?=]{1,211})$`);

/** Addresses, hashes and bytes come in lower case, as Ponder stores them. */
export const address = z
  .string()
  .refine((text) => isAddress(text), "is not an address")
  .transform((text) => text.toLowerCase() as `0x${string}`)
  .openapi({ type: "string", example: "0x5fbdb2315678afecb367f032d93f642f64180aa3" });

export const chainId = z.coerce.number().int().positive().openapi({ type: "integer", example: 31337 });

/** A store path, whole (with its slashes encoded) or without `/nix/store/`. */
export const storePath = z
  .string()
  .regex(STORE_PATH, "is not a store path: /nix/store/<32 characters>-<name>, or without /nix/store/")
  .transform((text) => `/nix/store/${text.replace("/nix/store/", "")}`)
  .openapi({ type: "string", example: "00bgd045z0d4icpbc2yyz4gx48ak44la-hello-2.10" });

export const drvPath = z
  .string()
  .regex(STORE_PATH, "is not a store path")
  .refine((text) => text.endsWith(".drv"), "does not end in .drv")
  .transform((text) => `/nix/store/${text.replace("/nix/store/", "")}`)
  .openapi({ type: "string", example: "00bgd045z0d4icpbc2yyz4gx48ak44la-hello-2.10.drv" });

export const hashPart = z
  .string()
  .regex(
    new RegExp(`^${HASH_PART}$`),
    "is not the hash part of a store path: 32 characters of Nix's base 32",
  );

export const name = z
  .string()
  .regex(/^[a-zA-Z0-9+\-._?=]{1,211}$/, "is not the beginning of a store path's name");

export const narHash = z
  .string()
  .regex(/^sha256-[A-Za-z0-9+/]{43}=$/, "is not a NAR hash: sha256-<base64>, with / as %2F and + as %2B");

export const key = z.string().regex(/^0x[0-9a-f]{64}$/, "is not 32 bytes in lower-case hexadecimal digits");

export const index = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,18})$/, "is not a number")
  .transform((text) => BigInt(text))
  .openapi({ type: "string", example: "0" });

export const hex = z.string().regex(/^0x[0-9a-f]*$/);
/** A number that may exceed what JSON's readers keep exact. */
export const count = z
  .string()
  .regex(/^[0-9]+$/)
  .openapi({ description: "a number in decimal digits" });
/** Seconds since 1970, as the chain's blocks have it. */
export const time = count.openapi({ description: "the block's time, in seconds since 1970" });

/** Where on the chain it happened. */
export const place = {
  chainId: z.number().int(),
  blockNumber: count,
  blockHash: hex,
  logIndex: z.number().int(),
  transactionHash: hex,
};

/** The call that asks the chain the same. */
export const check = z
  .object({
    to: hex,
    function: z.string().openapi({ description: "the signature of a view function" }),
    arguments: z.array(z.unknown()),
    calldata: hex.openapi({ description: "the data of an eth_call to `to`" }),
  })
  .openapi("Check");

export const problem = z
  .object({
    error: z.object({
      status: z.number().int(),
      code: z.string(),
      message: z.string().openapi({ description: "what was wrong" }),
      details: z.string().optional(),
      remedy: z.string().optional().openapi({ description: "what to do" }),
      docs: z.string().optional(),
    }),
  })
  .openapi("Problem");
