import { fetchNar, type MachineAt, missingPaths } from "../../client/index.ts";
import type { NarSource } from "./narSource.ts";

/** The NARs in the store of an application's machine, as a node's inspect returns them. */
export function machineNars(machine: MachineAt): NarSource {
  return {
    name: machine.nodeUrl,
    async find({ storePath }) {
      const missing = await missingPaths(machine, [storePath]);
      if (missing.length > 0) {
        return undefined;
      }
      return {
        signatures: [],
        async *open() {
          yield await fetchNar(machine, storePath);
        },
      };
    },
  };
}
