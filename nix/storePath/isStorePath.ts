import { StorePathFormatError } from "../nixErrors.ts";
import { parseStorePath } from "./storePath.ts";

/** Whether `parseStorePath` accepts the text. */
export function isStorePath(text: string): boolean {
  try {
    parseStorePath(text);
    return true;
  } catch (error) {
    if (error instanceof StorePathFormatError) {
      return false;
    }
    throw error;
  }
}
