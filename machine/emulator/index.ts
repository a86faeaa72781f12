export type { BackingStore, FlashDriveConfig, MachineConfig, MemoryConfig } from "./config.ts";
export * from "./errors.ts";
export { type EmulatorBinary, emulatorBinary } from "./server/emulatorBinary.ts";
export { type StartEmulatorOptions, startEmulator } from "./startEmulator.ts";
export type { Emulator, RunOptions, RunResult } from "./types.ts";
