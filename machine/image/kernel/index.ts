export { buildKernel } from "./buildKernel.ts";
export { KernelError } from "./errors.ts";
