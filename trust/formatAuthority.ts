import type { Authority } from "./authority.ts";

/** An authority as `parseAuthority` reads it. */
export function formatAuthority(authority: Authority): string {
  switch (authority.kind) {
    case "application":
      return authority.address;
    case "policy":
      return `policy:${authority.address}`;
    case "threshold":
      return `${authority.threshold} of (${authority.of.map(formatAuthority).join(", ")})`;
  }
}
