export { buildShell } from "./buildShell.ts";
