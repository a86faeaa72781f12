export { buildFirmware } from "./buildFirmware.ts";
export { FirmwareError } from "./firmwareError.ts";
