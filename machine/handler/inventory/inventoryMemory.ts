import type { DerivationSummary } from "../derivations/checkedDerivation.ts";
import type { PathInfo } from "../nixDaemon/index.ts";

/** Bytes of memory that V8 takes for each, at most. */
const PATH = 512;
const REFERENCE = 112;
const OUTPUT = 512;
const INPUT = 256;
const INPUT_OUTPUT = 64;

/** Memory that the inventory takes for a path, in bytes. */
export function pathMemoryBytes({ references }: PathInfo): number {
  return PATH + references.length * REFERENCE;
}

/** Memory that the inventory takes for a derivation, in bytes. */
export function derivationMemoryBytes({ outputs, inputDrvs, inputSrcs }: DerivationSummary): number {
  const used = inputDrvs.reduce((sum, input) => sum + input.outputs.length, 0);
  return (
    PATH +
    outputs.length * OUTPUT +
    inputDrvs.length * INPUT +
    used * INPUT_OUTPUT +
    inputSrcs.length * REFERENCE
  );
}
