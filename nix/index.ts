export { formatBase32, parseBase32 } from "./base32.ts";
export { compareBytes } from "./bytes/compareBytes.ts";
export { checkFixedOutput } from "./contentAddress/checkFixedOutput.ts";
export {
  type ContentAddress,
  type ContentAddressed,
  checkContentAddressed,
  contentAddressOf,
} from "./contentAddress/contentAddress.ts";
export { checkDerivation } from "./derivation/checkDerivation.ts";
export { createDerivationHasher } from "./derivation/createDerivationHasher.ts";
export type { Derivation, DerivationOutput, InputDerivation } from "./derivation/derivation.ts";
export {
  derivationName,
  referencesOfDerivation,
  storePathForDerivation,
} from "./derivation/derivationPath.ts";
export { type DerivationType, derivationType } from "./derivation/derivationType.ts";
export { formatDerivation } from "./derivation/formatDerivation.ts";
export {
  type DerivationHash,
  type DerivationHashLookup,
  hashDerivationModulo,
} from "./derivation/hashDerivationModulo.ts";
export { outputPathsOf } from "./derivation/outputPathsOf.ts";
export { MAX_DERIVATION_BYTES, parseDerivation } from "./derivation/parseDerivation.ts";
export { decodeExport } from "./export/decodeExport.ts";
export { encodeExport } from "./export/encodeExport.ts";
export type { ExportedPath } from "./export/exportedPath.ts";
export { DEFAULT_EXPORT_LIMITS, type ExportLimits } from "./export/exportLimits.ts";
export { formatHash, formatSha256Sri, type HashEncoding } from "./hash/formatHash.ts";
export { HASH_ALGORITHMS, type Hash, type HashAlgorithm, hashBytes } from "./hash/hash.ts";
export { parseHash } from "./hash/parseHash.ts";
export { decodeNar } from "./nar/decodeNar.ts";
export type { NarEvent } from "./nar/decodeNarEvents.ts";
export { encodeNar } from "./nar/encodeNar.ts";
export { narEvents } from "./nar/narEvents.ts";
export { narFileContents } from "./nar/narFileContents.ts";
export { type NarHash, narHash, narHashAsync } from "./nar/narHash.ts";
export { DEFAULT_NAR_LIMITS, type NarLimits } from "./nar/narLimits.ts";
export type { NarDirectory, NarEntry, NarNode, NarRegular, NarSymlink } from "./nar/narTree.ts";
export { validateNar } from "./nar/validateNar.ts";
export * from "./nixErrors.ts";
export {
  compareStorePaths,
  isStorePath,
  parseStorePath,
  STORE_DIR,
  type StorePath,
} from "./storePath/storePath.ts";
export {
  type FixedOutput,
  type FixedOutputMode,
  storePathForFixedOutput,
} from "./storePath/storePathForFixedOutput.ts";
export { type OutputPathInput, storePathForOutput } from "./storePath/storePathForOutput.ts";
export { type SourcePathInput, storePathForSource } from "./storePath/storePathForSource.ts";
export { storePathForText, type TextPathInput } from "./storePath/storePathForText.ts";
