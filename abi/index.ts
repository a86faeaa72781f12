export { policyFactoryAddress, registryAddress } from "./addresses.ts";
export { buildRegistryCreationCode, trustPolicyFactoryCreationCode } from "./contracts/creationCode.ts";
export * from "./contracts/index.ts";
export { CREATE_X_ADDRESS, CREATE2_SALT, create2AddressOf } from "./create2.ts";
