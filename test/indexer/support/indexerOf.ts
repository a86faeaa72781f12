/** Runs as a separate process: starts an indexer with the settings that its argument holds, and says so once it serves. */
import { startIndexer } from "../../../indexer/index.ts";

await startIndexer({ settings: JSON.parse(process.argv[2]!) });
process.stdout.write("serving\n");
