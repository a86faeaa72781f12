import { isMainThread } from "node:worker_threads";
import { readSettings } from "../settings.ts";
import { lockFolder } from "./lockFolder.ts";

/** Is loaded into Ponder's process before Ponder, which then holds the data folder as long as it runs, even without its parent. */
const { database } = readSettings(process.env);
if (isMainThread && database.kind === "pglite") {
  const lock = lockFolder(database.directory);
  process.once("exit", () => lock[Symbol.dispose]());
}
