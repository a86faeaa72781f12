import { type Emulator, type StartEmulatorOptions, startEmulator } from "../../../machine/emulator/index.ts";
import { assembleGuest, GUEST_START } from "./guest.ts";

export const RAM_BYTES = 1024 * 1024;

/** A machine whose guest waits for its first request. */
export async function startGuest(options?: StartEmulatorOptions): Promise<Emulator> {
  const emulator = await startEmulator(options);
  await emulator.create({ ram: { length: RAM_BYTES } });
  await emulator.writeMemory(GUEST_START, assembleGuest());
  await emulator.run();
  return emulator;
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
