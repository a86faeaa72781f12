export { agrees, type DemoResult, formatResult } from "./demoResult.ts";
export { type RunDemoOptions, runDemo } from "./runDemo.ts";
export {
  type DeployedChain,
  startDeployedChain,
  startLocalIndexer,
  startLocalNode,
} from "./startStack.ts";
