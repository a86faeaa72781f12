export {
  type DeployDisputableLocalOptions,
  type DeployLocalOptions,
  deployDisputableLocal,
  deployLocal,
  deployToLocalChain,
  type LocalDeployment,
} from "./deployLocal.ts";
export { DeploymentError } from "./deploymentError.ts";
export { readDeployment } from "./deploymentFile.ts";
export { type LocalChain, type LocalChainOptions, startLocalChain } from "./localChain.ts";
