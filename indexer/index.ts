export { derivationKeyOf, pathKeyOf } from "../trust/index.ts";
export { pgliteFolder } from "./folder/pgliteFolder.ts";
export { type IndexerSettingsJson, parseSettings } from "./settings.ts";
export { type Indexer, type IndexerOptions, startIndexer } from "./startIndexer.ts";
