export type { AcceptedOutput, FindAccepted } from "./acceptedOutput.ts";
export {
  type AcceptedByChainOptions,
  acceptedByChain,
  type Decision,
  type Upstream,
} from "./chain/acceptedByChain.ts";
export { type ChainSubstituterOptions, createChainSubstituter } from "./chain/createChainSubstituter.ts";
export { createVerdicts, type FindVerdict, type VerdictParameters } from "./chain/createVerdicts.ts";
export { checkedNar } from "./checkedNar.ts";
export { createSubstituter, type SubstituterOptions } from "./createSubstituter.ts";
export { type Downloaded, type DownloadParameters, downloadAccepted } from "./downloadAccepted.ts";
export { type NarFiles, openNarFiles } from "./narFiles.ts";
export { formatNarInfo, narInfoFingerprint } from "./narInfo/formatNarInfo.ts";
export type { NarInfo } from "./narInfo/narInfo.ts";
export { parseNarInfo } from "./narInfo/parseNarInfo.ts";
export { isSignedBy, makeSigningKey, parseSigningKey, type SigningKey } from "./narInfo/signature.ts";
export { type ReferenceDifference, ReferenceScan } from "./referenceScan.ts";
export { cacheNars } from "./sources/cacheNars.ts";
export { machineNars } from "./sources/machineNars.ts";
export { type FindNarInfo, narInfosOf } from "./sources/narInfosOf.ts";
export type { FoundNar, NarSource } from "./sources/narSource.ts";
export {
  NarInfoFormatError,
  SigningKeyFormatError,
  SourceError,
  WrongNarError,
  WrongReferencesError,
} from "./substituterErrors.ts";
