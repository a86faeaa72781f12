export { buildKernel } from "./buildKernel.ts";
