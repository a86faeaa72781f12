import { InvalidArgumentError } from "commander";
import { parseStorePath, StorePathFormatError } from "../nix/index.ts";

/** Reads a store path, for commander. */
export function parseOnePath(text: string): string {
  try {
    parseStorePath(text);
    return text;
  } catch (error) {
    throw new InvalidArgumentError(error instanceof StorePathFormatError ? error.reason : String(error));
  }
}
