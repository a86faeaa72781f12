import { lengthWord } from "../nar/tokens.ts";

/** Words of the export format, which `nix-store --export` writes around its archives. */
export const END = lengthWord(0);
export const NEXT_PATH = lengthWord(1);
export const NO_SIGNATURE = lengthWord(0);
export const PATH_MAGIC = lengthWord(0x4558494e);
