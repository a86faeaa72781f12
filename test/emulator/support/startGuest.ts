import { type Emulator, startEmulator } from "../../machine/emulator/index.ts";
import { assembleGuest, GUEST_START } from "./guest.ts";

export const RAM_BYTES = 1024 * 1024;

/** A machine with the guest in its RAM, not run yet. */
export async function createGuest(log?: (line: string) => void): Promise<Emulator> {
  const emulator = await startEmulator({ log });
  await emulator.create({ ram: { length: RAM_BYTES } });
  await emulator.writeMemory(GUEST_START, assembleGuest());
  return emulator;
}

/** A machine whose guest waits for its first request. */
export async function startGuest(): Promise<Emulator> {
  const emulator = await createGuest();
  await emulator.run();
  return emulator;
}
