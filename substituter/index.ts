export type { AcceptedOutput, FindAccepted } from "./acceptedOutput.ts";
export { createSubstituter, type SubstituterOptions } from "./createSubstituter.ts";
export { type NarFiles, openNarFiles } from "./narFiles.ts";
export { formatNarInfo, narInfoFingerprint } from "./narInfo/formatNarInfo.ts";
export type { NarInfo } from "./narInfo/narInfo.ts";
export { parseNarInfo } from "./narInfo/parseNarInfo.ts";
export { isSignedBy, parseSigningKey, type SigningKey } from "./narInfo/signature.ts";
export { cacheNars } from "./sources/cacheNars.ts";
export { machineNars } from "./sources/machineNars.ts";
export type { FoundNar, NarSource } from "./sources/narSource.ts";
export {
  NarInfoFormatError,
  SigningKeyFormatError,
  SourceError,
  WrongNarError,
} from "./substituterErrors.ts";
