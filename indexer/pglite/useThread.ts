import { registerHooks } from "node:module";
import { isMainThread } from "node:worker_threads";

/** Is loaded into Ponder's process before Ponder, which then makes its PGlite in a thread. It has no setting for that. */
if (isMainThread) {
  const ponder = new URL(".", import.meta.resolve("ponder")).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "@electric-sql/pglite" && context.parentURL?.startsWith(ponder)
        ? { url: new URL("threadedPglite.ts", import.meta.url).href, shortCircuit: true }
        : next(specifier, context),
  });
}
