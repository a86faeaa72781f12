export type { BackingStore, FlashDriveConfig, MachineConfig, MemoryConfig } from "./config.ts";
export * from "./errors.ts";
export { type AdvanceResult, advance } from "./rollup/advance.ts";
export { COLLECTED_LIMITS } from "./rollup/collector.ts";
export { DEFAULT_MAX_CYCLES, type ExchangeOptions, type ExchangeStatus } from "./rollup/exchange.ts";
export { type InspectResult, inspect } from "./rollup/inspect.ts";
export { type EmulatorBinary, emulatorBinary } from "./server/emulatorBinary.ts";
export { type StartEmulatorOptions, startEmulator } from "./startEmulator.ts";
export type { Emulator, RunOptions, RunResult } from "./types.ts";
