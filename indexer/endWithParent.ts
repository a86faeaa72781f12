import { Socket } from "node:net";
import { isMainThread, Worker } from "node:worker_threads";
import { PARENT_DESCRIPTOR } from "./parentDescriptor.ts";

/** Longer than Ponder takes to stop by itself. */
const GRACE_MS = 6_000;

/**
 * Is loaded into Ponder's process before Ponder. The kernel closes the pipe however its other end exits, `kill -9` included; Ponder
 * then stops as on SIGTERM, and is killed if it does not. The pipe is watched by a thread, since PGlite can keep the main one busy.
 */
if (isMainThread) {
  new Worker(new URL(import.meta.url), { execArgv: [] }).unref();
} else {
  const pipe = new Socket({ fd: PARENT_DESCRIPTOR, readable: true, writable: false });
  pipe.once("close", () => {
    process.kill(process.pid, "SIGINT");
    setTimeout(() => process.kill(process.pid, "SIGKILL"), GRACE_MS);
  });
  pipe.on("error", () => undefined);
  pipe.resume();
}
