#!/usr/bin/env node
import { CommanderError } from "commander";
import { reportError } from "./action.ts";
import { BROKEN_PIPE_EXIT_CODE, USAGE_EXIT_CODE } from "./output/exitCodes.ts";
import { toJson } from "./output/toJson.ts";
import { createProgram } from "./program.ts";
import { readVersion } from "./version.ts";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") {
    console.error(`error: the answer cannot be written: ${error.message}`);
    process.exit(USAGE_EXIT_CODE);
  }
  // whoever read the output has enough, such as `head`; the verdict stays what it is
  process.exit(process.exitCode ?? BROKEN_PIPE_EXIT_CODE);
});

const isJson = process.argv.includes("--json");
try {
  await createProgram(readVersion()).parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) {
    reportError(error, isJson);
  } else if (error.exitCode === 0) {
    process.exitCode = 0;
  } else {
    process.exitCode = USAGE_EXIT_CODE;
    if (isJson) {
      const message = error.message.replace(/^error: /, "");
      process.stdout.write(`${toJson("cartenix.error.v1", { code: "USAGE", message })}\n`);
    }
  }
}
