export type { SafeBlock } from "./chain/types.ts";
export * from "./errors.ts";
export type { Log } from "./log.ts";
export {
  appendOutput,
  OUTPUTS_TREE_HEIGHT,
  type OutputNodes,
  type OutputsEdge,
  outputHash,
  outputsEdge,
  proveOutput,
  rootOfEdge,
} from "./outputsTree.ts";
export { startNode } from "./startNode.ts";
export type { CartenixNode, NodeOptions, NodeStatus } from "./types.ts";
