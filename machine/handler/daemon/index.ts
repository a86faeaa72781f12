export { NixProtocolError, NixRefusedError } from "./errors.ts";
export {
  type AddedPath,
  BUILT,
  type BuildResult,
  NixSession,
  NOT_DETERMINISTIC,
  type PathInfo,
} from "./session.ts";
