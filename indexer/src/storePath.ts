/** The name part of `/nix/store/<32 characters>-<name>`, without `.drv`. */
export function nameOf(storePath: string): string {
  return storePath.slice("/nix/store/".length + 33).replace(/\.drv$/, "");
}

/** A sha256 in the form of Subresource Integrity, as Nix prints it: `sha256-<base64>`. */
export function sriOf(narHash: `0x${string}`): string {
  return `sha256-${Buffer.from(narHash.slice(2), "hex").toString("base64")}`;
}
