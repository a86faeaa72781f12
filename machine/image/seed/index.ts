export { pinBusybox } from "./pinBusybox.ts";
export { seedJob } from "./seedJob.ts";
