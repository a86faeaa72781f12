import { rm } from "node:fs/promises";
import type { Hex } from "viem";
import { fingerprintOf, recordVerified, startEmulator } from "../../../machine/emulator/index.ts";
import { GUEST_START } from "../../emulator/support/guest.ts";
import { assembleScriptGuest } from "./scriptGuest.ts";

const RAM_BYTES = 1024 * 1024;

/** Stores a machine whose guest waits for its first input, and returns its template hash. */
export async function storeScriptTemplate(directory: string): Promise<Hex> {
  await rm(directory, { recursive: true, force: true });
  await using emulator = await startEmulator();
  await emulator.create({ ram: { length: RAM_BYTES } });
  await emulator.writeMemory(GUEST_START, assembleScriptGuest());
  await emulator.run();
  await emulator.store(directory);
  await recordVerified(directory, await fingerprintOf(directory));
  return emulator.rootHash();
}
