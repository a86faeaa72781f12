import hre from "hardhat";
import { makeTemplate } from "../machine/image/index.ts";
import { CartenixError, createProgress, exitWhenInterrupted } from "../support/index.ts";

// Makes what takes minutes before the tests need it, while progress can be shown; mocha then finds it in the cache.
exitWhenInterrupted();
try {
  const progress = createProgress();
  await makeTemplate({ progress });
  const stage = progress.stage("compile the contracts");
  await hre.tasks.getTask("build").run({ quiet: true });
  stage.done();
} catch (error) {
  console.error(error instanceof CartenixError ? `error: ${error.message}` : error);
  process.exitCode = 1;
}
