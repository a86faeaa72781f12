export { bundleHandler } from "./bundleHandler.ts";
export type { HandlerConfig } from "./config.ts";
export { confineScript } from "./confinement.ts";
