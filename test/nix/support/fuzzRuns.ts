/** How many cases to try: the usual number, multiplied by `CARTENIX_FUZZ` if that is set. */
export function fuzzRuns(usual: number): number {
  return Math.round(usual * Number(process.env.CARTENIX_FUZZ ?? 1));
}
