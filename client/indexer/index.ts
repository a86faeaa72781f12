export type { IndexerAt } from "./askIndexer.ts";
export { type FoundMember, findClosure } from "./findClosure.ts";
export { findPathOfKey } from "./findPathOfKey.ts";
export { type FindStorePathsParameters, findStorePaths } from "./findStorePaths.ts";
export { IndexerAnswerError, IndexerUnreachableError } from "./indexerErrors.ts";
