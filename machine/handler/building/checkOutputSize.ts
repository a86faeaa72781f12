import { MAX_OUTPUT_BYTES } from "../limits.ts";
import type { Output } from "../outputs/builtDerivation.ts";
import { BuildFailure } from "./buildFailure.ts";

/** @throws {BuildFailure} when an output is larger than the limit. */
export function checkOutputSize(
  drvPath: string,
  { path, narSize }: Pick<Output, "path" | "narSize">,
  log: string,
): void {
  if (narSize > MAX_OUTPUT_BYTES) {
    throw new BuildFailure(
      drvPath,
      `the NAR of ${path} has ${narSize} bytes, more than the limit of ${MAX_OUTPUT_BYTES}`,
      log,
    );
  }
}
