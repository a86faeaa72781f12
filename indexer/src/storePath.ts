/** The name part of `/nix/store/<32 characters>-<name>`, without `.drv`. */
export function nameOf(storePath: string): string {
  return storePath.slice("/nix/store/".length + 33).replace(/\.drv$/, "");
}
