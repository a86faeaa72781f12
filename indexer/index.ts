export { type IndexerSettingsJson, parseSettings } from "./settings.ts";
export { type Indexer, type IndexerOptions, startIndexer } from "./startIndexer.ts";
