export { type HandlerConfig, parseConfig } from "./config.ts";
export { BUILDS_CGROUP, USER_NAMESPACES_FILE } from "./environment/confinement.ts";
export * as handlerLimits from "./limits.ts";
export { MAX_MEMORY_BYTES, MAX_PROCESSES } from "./limits.ts";
