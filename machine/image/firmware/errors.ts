import { CartenixError } from "../../../support/index.ts";

/** The firmware could not be built. */
export class FirmwareError extends CartenixError {
  override name = "FirmwareError";
}
