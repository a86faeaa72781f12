export { buildRootfs } from "./buildRootfs.ts";
export { makeDrive } from "./makeDrive.ts";
