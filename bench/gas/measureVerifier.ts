import { createHash } from "node:crypto";
import { toHex } from "viem";
import {
  proveOutputsRoot,
  proveReset,
  proveResponse,
  proveStatus,
  takeProvenStep,
} from "../../machine/dispute/index.ts";
import { startVerifier } from "../../test/contracts/dispute/support/startVerifier.ts";
import { bytes, startGuest } from "../../test/emulator/support/startGuest.ts";

const STEPS = 100;

/** Gas of a transaction that has the step verifier compute one transition of a small machine. */
export async function measureVerifier() {
  const verifier = await startVerifier();
  await using machine = await startGuest();
  const waiting = await machine.rootHash();

  async function respond(inputBytes: number): Promise<number> {
    const proof = await proveResponse(machine, inputBytes);
    return verifier.gasOf("respond", waiting, toHex(incompressible(inputBytes)), toHex(proof));
  }
  const response = { short: await respond(1024), long: await respond(64 * 1024) };
  const status = await verifier.gasOf("isAccepted", waiting, toHex(await proveStatus(machine)));
  const outputsRoot = await verifier.gasOf("outputsRoot", waiting, toHex(await proveOutputsRoot(machine)));

  await machine.sendCmioResponse(0, bytes("c"));
  const steps: number[] = [];
  for (let index = 0; index < STEPS; index++) {
    const state = await machine.rootHash();
    steps.push(await verifier.gasOf("step", state, toHex(await takeProvenStep(machine))));
  }
  steps.sort((a, b) => a - b);
  const reset = await verifier.gasOf("reset", await machine.rootHash(), toHex(await proveReset(machine)));
  return {
    "step: the cheapest of a hundred": steps[0]!,
    "step: the median": steps[STEPS / 2]!,
    "step: the dearest": steps[STEPS - 1]!,
    "reset of the microarchitecture": reset,
    "respond: an input of 1 KiB": response.short,
    "respond: an input of 64 KiB": response.long,
    "isAccepted, in a transaction": status,
    "outputsRoot, in a transaction": outputsRoot,
  };
}

/** Bytes that look random, always the same. */
function incompressible(length: number): Uint8Array {
  return createHash("shake256", { outputLength: length }).digest();
}
