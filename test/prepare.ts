import { makeTemplate } from "../machine/image/index.ts";
import { CartenixError, createProgress } from "../support/index.ts";

// Makes what takes minutes before the tests need it, while progress can be shown; mocha then finds it in the cache.
try {
  await makeTemplate({ progress: createProgress() });
} catch (error) {
  console.error(error instanceof CartenixError ? `error: ${error.message}` : error);
  process.exitCode = 1;
}
