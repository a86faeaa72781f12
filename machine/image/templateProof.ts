import { bytesToHex, type Hex } from "viem";
import { proveTemplate } from "../dispute/index.ts";
import { startEmulator } from "../emulator/index.ts";

/** What shows a consensus with disputes that they can start from the template in this folder. */
export async function templateProof(directory: string): Promise<Hex> {
  await using emulator = await startEmulator();
  await emulator.load(directory);
  return bytesToHex(await proveTemplate(emulator));
}
