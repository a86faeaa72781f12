import { CartenixError } from "../../../support/index.ts";

/** The kernel could not be built. */
export class KernelError extends CartenixError {
  override name = "KernelError";
}
