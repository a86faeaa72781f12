export { pgliteFolder } from "./folder/pgliteFolder.ts";
export { type IndexerSettingsJson, parseSettings } from "./settings.ts";
export { derivationKeyOf, pathKeyOf } from "./src/keys.ts";
export { type Indexer, type IndexerOptions, startIndexer } from "./startIndexer.ts";
