import type { DerivationSummary } from "../derivations/checkedDerivation.ts";
import type { PathInfo } from "../nixDaemon/index.ts";

/** What V8 uses for each, at most. */
const PATH_BYTES = 512;
const REFERENCE_BYTES = 112;
const OUTPUT_BYTES = 512;
const INPUT_BYTES = 256;
const INPUT_OUTPUT_BYTES = 64;

/** Memory that the inventory uses for a path, in bytes. */
export function pathMemoryBytes({ references }: PathInfo): number {
  return PATH_BYTES + references.length * REFERENCE_BYTES;
}

/** Memory that the inventory uses for a derivation, in bytes. */
export function derivationMemoryBytes({ outputs, inputDrvs, inputSrcs }: DerivationSummary): number {
  const usedOutputs = inputDrvs.reduce((sum, input) => sum + input.outputs.length, 0);
  return (
    PATH_BYTES +
    outputs.length * OUTPUT_BYTES +
    inputDrvs.length * INPUT_BYTES +
    usedOutputs * INPUT_OUTPUT_BYTES +
    inputSrcs.length * REFERENCE_BYTES
  );
}
