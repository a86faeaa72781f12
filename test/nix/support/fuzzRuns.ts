/** How many cases to try: that many in `npm test`, `CARTENIX_FUZZ` times as many where someone has the time. */
export function fuzzRuns(usual: number): number {
  return Math.round(usual * Number(process.env.CARTENIX_FUZZ ?? 1));
}
