import type { Address } from "viem";
import { policyFactoryAddress } from "../../abi/index.ts";
import type { Settings } from "./resolveSettings.ts";

/** The factory that must have made a policy: that of the deployment, or the one that is the same on every chain. */
export function policyFactoryOf({ deployment }: Settings): Address {
  return deployment?.value.policyFactory ?? policyFactoryAddress();
}
