import { makeStorePath } from "./makeStorePath.ts";

/** What the path of an input-addressed output follows from. */
export interface OutputPathInput {
  /** The derivation's name, without `.drv`. */
  readonly derivationName: string;
  readonly outputName: string;
  /** `hashDerivationModulo` of the derivation without its own output paths. */
  readonly derivationSha256: Uint8Array;
}

/** The path of an input-addressed output. */
export function storePathForOutput({
  derivationName,
  outputName,
  derivationSha256,
}: OutputPathInput): string {
  const name = outputName === "out" ? derivationName : `${derivationName}-${outputName}`;
  return makeStorePath(`output:${outputName}`, derivationSha256, name);
}
