/** The name in an output's path: the derivation's, and `-<output>` behind it unless the output is `out`. */
export function outputPathName(derivationName: string, outputName: string): string {
  return outputName === "out" ? derivationName : `${derivationName}-${outputName}`;
}
