import { type MachineAt, missingPaths, streamNar } from "../../client/index.ts";
import type { NarSource } from "./narSource.ts";

/** More than a node needs to say whether one path is missing. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** The NARs in the store of an application's machine, as a node's inspect returns them. */
export function machineNars(machine: MachineAt): NarSource {
  return {
    name: machine.nodeUrl,
    async find({ storePath }, signal) {
      const missing = await missingPaths(machine, [storePath], { signal, maxBytes: MAX_ANSWER_BYTES });
      if (missing.length > 0) {
        return undefined;
      }
      return { signatures: [], open: (openSignal) => streamNar(machine, storePath, openSignal) };
    },
  };
}
