export { policyFactoryAddress, registryAddress } from "../abi/addresses.ts";
export { CREATE_X_ADDRESS, CREATE2_SALT, create2AddressOf } from "./createX.ts";
export {
  type DeployLocalOptions,
  deployLocal,
  deployToLocalChain,
  type LocalDeployment,
} from "./deployLocal.ts";
export { DeploymentError } from "./errors.ts";
export { type LocalChain, type LocalChainOptions, startLocalChain } from "./localChain.ts";
export { type DeploymentRecord, parseRecord, readRecord, writeRecord } from "./record.ts";
