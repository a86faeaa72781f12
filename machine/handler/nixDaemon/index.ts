export { NixProtocolError, NixRefusedError } from "./nixDaemonErrors.ts";
export type { AddedPath, PathInfo } from "./pathInfo.ts";
export { BUILT, type BuildResult, NixSession, NOT_DETERMINISTIC } from "./session.ts";
