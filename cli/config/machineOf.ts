import type { MachineAt } from "../../client/index.ts";
import type { Settings } from "./resolveSettings.ts";

/** The machine of the configured node, if it is known whose it is. */
export function machineOf({ nodeUrl, deployment, authority }: Settings): MachineAt | undefined {
  const trusted = authority?.value.kind === "application" ? authority.value.address : undefined;
  const application = deployment?.value.application ?? trusted;
  return nodeUrl && application && { nodeUrl: nodeUrl.value, application };
}
