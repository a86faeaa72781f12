import { isMainThread } from "node:worker_threads";
import { readSettings } from "../settings.ts";
import { lockFolder } from "./lockFolder.ts";

/**
 * Is loaded into Ponder's process before Ponder, which then holds the data folder as long as it runs, even without its parent. The lock
 * is never given back: PGlite's thread can still write while the process exits.
 */
const { database } = readSettings(process.env);
export const lock = isMainThread && database.kind === "pglite" ? lockFolder(database.directory) : undefined;
