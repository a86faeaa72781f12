/** Nix's order of store paths, for `Array.sort`: that of their bytes, all of which are ASCII. */
export function compareStorePaths(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}
