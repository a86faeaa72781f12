import { makeStorePath } from "./makeStorePath.ts";
import { outputPathName } from "./outputPathName.ts";

/** What the path of an input-addressed output follows from. */
export interface OutputPathInput {
  /** The derivation's name, without `.drv`. */
  readonly derivationName: string;
  readonly outputName: string;
  /** `hashDerivationModulo` of the derivation with its own output paths left out. */
  readonly derivationSha256: Uint8Array;
}

/** The path of an input-addressed output. */
export function storePathForOutput({
  derivationName,
  outputName,
  derivationSha256,
}: OutputPathInput): string {
  return makeStorePath(`output:${outputName}`, derivationSha256, outputPathName(derivationName, outputName));
}
