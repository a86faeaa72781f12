export { formatBase32, parseBase32 } from "./base32.ts";
export { compareBytes } from "./bytes/compareBytes.ts";
export { checkContentAddressed } from "./contentAddress/checkContentAddressed.ts";
export { checkFixedOutput } from "./contentAddress/checkFixedOutput.ts";
export type { ContentAddress, ContentAddressed } from "./contentAddress/contentAddress.ts";
export { contentAddressOf } from "./contentAddress/contentAddressOf.ts";
export { checkDerivation } from "./derivation/checkDerivation.ts";
export { createDerivationHasher } from "./derivation/createDerivationHasher.ts";
export type { Derivation, DerivationOutput, InputDerivation } from "./derivation/derivation.ts";
export { derivationName } from "./derivation/derivationName.ts";
export { type DerivationType, derivationType } from "./derivation/derivationType.ts";
export { formatDerivation } from "./derivation/formatDerivation.ts";
export {
  type DerivationHash,
  type DerivationHashLookup,
  hashDerivationModulo,
} from "./derivation/hashDerivationModulo.ts";
export { outputPathsOf } from "./derivation/outputPathsOf.ts";
export { MAX_DERIVATION_BYTES, parseDerivation } from "./derivation/parseDerivation.ts";
export { referencesOfDerivation } from "./derivation/referencesOfDerivation.ts";
export { storePathForDerivation } from "./derivation/storePathForDerivation.ts";
export { decodeExport } from "./export/decodeExport.ts";
export { encodeExport } from "./export/encodeExport.ts";
export type { ExportedPath } from "./export/exportedPath.ts";
export { DEFAULT_EXPORT_LIMITS, type ExportLimits } from "./export/exportLimits.ts";
export { HASH_ALGORITHMS, type Hash, type HashAlgorithm } from "./hash/algorithm.ts";
export { formatHash, type HashEncoding } from "./hash/formatHash.ts";
export { formatSha256Sri } from "./hash/formatSha256Sri.ts";
export { hashBytes } from "./hash/hashBytes.ts";
export { parseHash } from "./hash/parseHash.ts";
export { decodeNar } from "./nar/decodeNar.ts";
export { encodeNar } from "./nar/encodeNar.ts";
export type { NarEvent } from "./nar/narEvent.ts";
export { narEvents } from "./nar/narEvents.ts";
export { narFileContents } from "./nar/narFileContents.ts";
export { type NarHash, narHash, narHashAsync } from "./nar/narHash.ts";
export { DEFAULT_NAR_LIMITS, type NarLimits } from "./nar/narLimits.ts";
export type { NarDirectory, NarEntry, NarNode, NarRegular, NarSymlink } from "./nar/narNode.ts";
export { validateNar } from "./nar/validateNar.ts";
export * from "./nixErrors.ts";
export { compareStorePaths } from "./storePath/compareStorePaths.ts";
export {
  type FixedOutput,
  type FixedOutputMode,
  storePathForFixedOutput,
} from "./storePath/forFixedOutput.ts";
export { type OutputPathInput, storePathForOutput } from "./storePath/forOutput.ts";
export { type SourcePathInput, storePathForSource } from "./storePath/forSource.ts";
export { storePathForText, type TextPathInput } from "./storePath/forText.ts";
export { isStorePath } from "./storePath/isStorePath.ts";
export { STORE_DIR } from "./storePath/storeDir.ts";
export { parseStorePath, type StorePath } from "./storePath/storePath.ts";
