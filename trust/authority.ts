import type { Address } from "viem";

/** Whom somebody believes: an application, a policy on chain, or so many of several others. */
export type Authority =
  | { readonly kind: "application"; readonly address: Address }
  | { readonly kind: "policy"; readonly address: Address }
  | { readonly kind: "threshold"; readonly threshold: number; readonly of: readonly Authority[] };

/** An authority that is a contract. */
export type Contract = Exclude<Authority, { kind: "threshold" }>;

/** The contracts in an authority, each once, in the order in which they are named. */
export function contractsIn(authority: Authority): Contract[] {
  if (authority.kind !== "threshold") {
    return [authority];
  }
  const all = authority.of.flatMap(contractsIn);
  return [...new Map(all.map((contract) => [contractKey(contract), contract])).values()];
}

/** Distinguishes contracts, however their addresses are spelled. */
export function contractKey({ kind, address }: Contract): string {
  return `${kind}:${address.toLowerCase()}`;
}
