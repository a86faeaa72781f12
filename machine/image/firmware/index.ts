export { buildFirmware } from "./buildFirmware.ts";
