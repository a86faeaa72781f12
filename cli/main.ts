#!/usr/bin/env node
import { CommanderError } from "commander";
import { reportError } from "./action.ts";
import { USAGE_EXIT_CODE } from "./output/exitCodes.ts";
import { createProgram } from "./program.ts";
import { readVersion } from "./version.ts";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // whoever read the output has enough, such as `head`
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

try {
  await createProgram(readVersion()).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
  } else {
    reportError(error, process.argv.includes("--json"));
  }
}
