import { type MachineAt, queryMachine } from "./queryMachine.ts";

/** The NAR of a store path, from the machine itself. Nothing vouches for it: hash it and compare with the chain. */
export async function fetchNar(machine: MachineAt, path: string): Promise<Uint8Array> {
  return Buffer.concat(await queryMachine(machine, { kind: "nar", path }));
}
