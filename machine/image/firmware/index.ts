export { buildFirmware } from "./buildFirmware.ts";
export { FirmwareError } from "./errors.ts";
