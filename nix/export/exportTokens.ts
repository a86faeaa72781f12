import { encodeNumber } from "../wire/wireStrings.ts";

/** The numbers that `nix-store --export` writes around its archives. */
export const END = encodeNumber(0);
export const NEXT_PATH = encodeNumber(1);
export const NO_SIGNATURE = encodeNumber(0);
export const PATH_MAGIC = encodeNumber(0x4558494e);
