export * from "./advancer/machineErrors.ts";
export type { CartenixNode } from "./cartenixNode.ts";
export * from "./chain/chainErrors.ts";
export * from "./claimer/claimerErrors.ts";
export * from "./guard/guardErrors.ts";
export { createLog, type Level } from "./log/createLog.ts";
export type { Log } from "./log/log.ts";
export type { SafeBlock } from "./model/chainEvents.ts";
export type { NodeOptions } from "./model/nodeOptions.ts";
export {
  appendOutput,
  OUTPUTS_TREE_HEIGHT,
  type OutputNodes,
  type OutputsEdge,
  outputHash,
  outputsEdge,
  proveOutput,
  rootOfEdge,
} from "./model/outputsTree.ts";
export type { NodeStatus } from "./monitor/nodeStatus.ts";
export { ListenError } from "./server/startServer.ts";
export { startNode } from "./startNode.ts";
export * from "./store/storageErrors.ts";
export type { AlarmEvent, AlarmMessage } from "./watch/claimAlarm.ts";
export * from "./watch/watchErrors.ts";
