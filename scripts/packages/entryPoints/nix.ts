/** What the package exports as `cartenix/nix`: Nix's formats, all in pure TypeScript. */
export * from "../../../nix/index.ts";
export { formatNarInfo, narInfoFingerprint } from "../../../substituter/narInfo/formatNarInfo.ts";
export type { NarInfo } from "../../../substituter/narInfo/narInfo.ts";
export { parseNarInfo } from "../../../substituter/narInfo/parseNarInfo.ts";
