export {
  type DeployLocalOptions,
  deployLocal,
  deployToLocalChain,
  type LocalDeployment,
} from "./deployLocal.ts";
export { DeploymentError } from "./deploymentError.ts";
export { readDeployment, writeDeployment } from "./deploymentFile.ts";
export { type LocalChain, type LocalChainOptions, startLocalChain } from "./localChain.ts";
