import { buildModule } from "@nomicfoundation/ignition-core";
import { registryAddress } from "../../abi/index.ts";

/** The policy factory. Deployed with the `create2` strategy its address is that of `policyFactoryAddress()`, on every chain. */
export default buildModule("PolicyFactory", (m) => ({
  policyFactory: m.contract("TrustPolicyFactory", [m.getParameter("registry", registryAddress())]),
}));
