export { buildKernel } from "./buildKernel.ts";
export { KernelError } from "./kernelError.ts";
