import { parentPort, workerData } from "node:worker_threads";
import { checkBundle } from "../../../machine/handler/bundle/checkBundle.ts";
import { Rejection } from "../../../machine/handler/device/rejection.ts";
import { Inventory } from "../../../machine/handler/inventory/inventory.ts";

/** Checks a bundle on a thread whose memory is bounded from outside; says how it ended. */
function outcome(): string {
  try {
    return `${checkBundle(workerData as Uint8Array, new Inventory()).paths.length} paths`;
  } catch (error) {
    if (error instanceof Rejection) {
      return error.message;
    }
    throw error;
  }
}

parentPort?.postMessage(outcome());
