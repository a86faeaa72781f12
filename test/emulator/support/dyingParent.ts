/** Runs as a separate process: starts a machine and forks of it, prints their process group, and ends as its argument says. */
import { setTimeout as pause } from "node:timers/promises";
import { groupInLog } from "./processGroup.ts";
import { bytes, startGuest } from "./startGuest.ts";

let group: number | undefined;
const emulator = await startGuest({ log: (line) => (group ??= groupInLog(line)) });
const child = await emulator.fork();
const grandchild = await child.fork();
await emulator.shutdown();
await grandchild.sendCmioResponse(0, bytes("s"));
const spinning = grandchild.run({ sliceCycles: 1n << 40n });
spinning.catch(() => {});
await pause(100);
process.stdout.write(`${group}\n`);

switch (process.argv[2]) {
  case "exit":
    process.exit(0);
    break;
  case "throw":
    throw new Error("on purpose");
  default:
    await pause(60_000);
}
