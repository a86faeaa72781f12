import { type MachineAt, queryMachine } from "./queryMachine.ts";

/**
 * Fetches the NAR of a store path from the machine. Nothing authenticates it: compare its hash with the chain's.
 *
 * @throws {MachineRefusedError} when the path is not in the machine's store.
 */
export async function fetchNar(machine: MachineAt, path: string): Promise<Uint8Array> {
  return Buffer.concat(await queryMachine(machine, { kind: "nar", path }));
}
