export { base32Decode, base32Encode } from "./base32.ts";
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
export {
  type DerivationHash,
  type DerivationHashLookup,
  hashDerivationModulo,
} from "./derivation/hashDerivationModulo.ts";
export { outputPathsOf } from "./derivation/outputPathsOf.ts";
export { MAX_DERIVATION_BYTES, parseDerivation } from "./derivation/parseDerivation.ts";
export { printDerivation } from "./derivation/printDerivation.ts";
export { referencesOfDerivation } from "./derivation/referencesOfDerivation.ts";
export { storePathForDerivation } from "./derivation/storePathForDerivation.ts";
export * from "./errors.ts";
export { encodeExport } from "./export/encodeExport.ts";
export type { ExportedPath } from "./export/exportedPath.ts";
export { DEFAULT_EXPORT_LIMITS, type ExportLimits } from "./export/exportLimits.ts";
export { readExport } from "./export/readExport.ts";
export { writeExport } from "./export/writeExport.ts";
export { HASH_ALGORITHMS, type Hash, type HashAlgorithm } from "./hash/algorithm.ts";
export { formatHash, type HashEncoding } from "./hash/formatHash.ts";
export { hashBytes } from "./hash/hashBytes.ts";
export { parseHash } from "./hash/parseHash.ts";
export { sriSha256 } from "./hash/sriSha256.ts";
export { encodeNar } from "./nar/encodeNar.ts";
export type { NarEvent } from "./nar/narEvent.ts";
export { narEvents } from "./nar/narEvents.ts";
export { narFileContents } from "./nar/narFileContents.ts";
export { type NarHash, narHash, narHashAsync } from "./nar/narHash.ts";
export { DEFAULT_NAR_LIMITS, type NarLimits } from "./nar/narLimits.ts";
export type { NarDirectory, NarEntry, NarNode, NarRegular, NarSymlink } from "./nar/narNode.ts";
export { readNar } from "./nar/readNar.ts";
export { validateNar } from "./nar/validateNar.ts";
export { writeNar } from "./nar/writeNar.ts";
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
