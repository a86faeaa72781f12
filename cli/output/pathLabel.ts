import type { Contract, Judgement, Status } from "../../trust/index.ts";
import { formatAuthority } from "../../trust/index.ts";
import { VERDICT_TEXTS } from "./findingTexts.ts";

export interface LabelledPath extends Judgement {
  readonly status: Status;
  readonly said: readonly (Judgement & { readonly contract: Contract })[];
  /** The hash at hand, where there is one. */
  readonly ownHash?: string;
  /** How its own name proves what it contains, where it does. */
  readonly contentAddress?: string | undefined;
}

/** How a path stands, in a few words behind its name. */
export function pathLabel({ status, verdict, narHash, said, ownHash, contentAddress }: LabelledPath): string {
  if (contentAddress !== undefined) {
    return `content-addressed (${contentAddress})`;
  }
  if (status === "differs") {
    return `differs: accepted as ${narHash}, here ${ownHash}`;
  }
  if (status !== "accepted") {
    return status === "policyNotMet" ? `policyNotMet: ${VERDICT_TEXTS[verdict]}` : status;
  }
  const by = said.filter((one) => one.narHash === narHash).map(({ contract }) => formatAuthority(contract));
  return `accepted by ${by.join(", ")}`;
}
