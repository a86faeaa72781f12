import { type Contract, formatAuthority, type Judgement, type Verdict } from "../../trust/index.ts";

export const VERDICT_TEXTS = {
  accepted: "accepted",
  notRecorded: "not recorded",
  tooFew: "recorded by too few",
  conflict: "in conflict",
} as const satisfies Record<Verdict, string>;

type Said = Judgement & { readonly contract: Contract };

/** What each contract of an authority says, a line each; the hash only where it is not the one that was accepted. */
export function formatSaid(said: readonly Said[], accepted: string | null): string[] {
  return said.map(({ contract, verdict, narHash }) => {
    const other = narHash !== null && narHash !== accepted ? ` as ${narHash}` : "";
    return `${formatAuthority(contract)}: ${VERDICT_TEXTS[verdict]}${other}`;
  });
}
