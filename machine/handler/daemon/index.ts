export { NixProtocolError, NixRefusedError } from "./errors.ts";
export { type AddedPath, type BuildResult, NixSession, type PathInfo } from "./session.ts";
