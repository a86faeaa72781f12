import { buildModule } from "@nomicfoundation/ignition-core";

/** The registry. Deployed with the `create2` strategy its address is that of `registryAddress()`, on every chain. */
export default buildModule("Registry", (m) => ({ registry: m.contract("BuildRegistry") }));
