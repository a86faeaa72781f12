export {
  type DeployLocalOptions,
  deployLocal,
  deployToLocalChain,
  type LocalDeployment,
} from "./deployLocal.ts";
export { DeploymentError } from "./deploymentError.ts";
export { type LocalChain, type LocalChainOptions, startLocalChain } from "./localChain.ts";
export { type DeploymentRecord, parseRecord, readRecord, writeRecord } from "./record.ts";
