/** Run as a process of its own: starts a machine and forks of it, says so, and then ends in the way it is told to. */
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
