import { InvalidArgumentError } from "commander";
import { parseStorePath, StorePathFormatError } from "../nix/index.ts";

/** Collects store paths, for commander. */
export function parsePath(text: string, before: readonly string[] | undefined): string[] {
  try {
    parseStorePath(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof StorePathFormatError ? error.reason : String(error));
  }
  return [...(before ?? []), text];
}
