import { parentPort, workerData } from "node:worker_threads";
import { checkBundle } from "../../../machine/handler/bundle/checkBundle.ts";
import { Rejection } from "../../../machine/handler/device/rejection.ts";
import { Inventory } from "../../../machine/handler/inventory/inventory.ts";

/** Checks a bundle on a thread whose memory its parent limits, and posts the outcome. */
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
