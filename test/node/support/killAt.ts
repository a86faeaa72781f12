import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/**
 * Loaded before the node (`--import`): kills the process with SIGKILL inside the call that writes the log line named by
 * KILL_AT to standard error, so that no instruction of the node runs afterwards.
 */
const moment = `"msg":"${process.env.KILL_AT}"`;
const write = fs.writeSync;
fs.writeSync = ((file: number, data: string | NodeJS.ArrayBufferView, ...rest: never[]) => {
  const written = write(file, data as string, ...rest);
  if (file === 2 && String(data).includes(moment)) {
    process.kill(process.pid, "SIGKILL");
  }
  return written;
}) as typeof fs.writeSync;
syncBuiltinESMExports();
