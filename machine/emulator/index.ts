export { computeRootHash } from "./computeRootHash.ts";
export type {
  Access,
  Emulator,
  HashTreeProof,
  McycleHashes,
  RunOptions,
  RunResult,
  UarchCycleHashes,
  UarchStop,
  YieldResult,
} from "./emulator.ts";
export * from "./emulatorErrors.ts";
export { folderDigest } from "./folderDigest.ts";
export { CMIO_BUFFER_BYTES } from "./htif.ts";
export type { BackingStore, FlashDriveConfig, MachineConfig, MemoryConfig } from "./machineConfig.ts";
export { memoryOfGroup } from "./memoryOfGroup.ts";
export { type AdvanceResult, advance } from "./rollup/advance.ts";
export { COLLECTED_LIMITS } from "./rollup/collection.ts";
export type { ExchangeOptions, ExchangeStatus } from "./rollup/exchange.ts";
export { type InspectResult, inspect } from "./rollup/inspect.ts";
export { type EmulatorBinary, emulatorBinary } from "./server/emulatorBinary.ts";
export { type StartEmulatorOptions, startEmulator } from "./startEmulator.ts";
export { digestOfVerified, fingerprintOf, recordVerified } from "./verifiedMachines.ts";
