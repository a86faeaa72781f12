import { join } from "node:path";
import { CARTENIX, CONTRACTS } from "./definition.ts";
import { stageCartenix } from "./stageCartenix.ts";
import { stageContracts } from "./stageContracts.ts";
import { ROOT } from "./stagePackage.ts";

const folderOf = (name: string) => join(ROOT, "dist/packages", name);

await stageCartenix(folderOf(CARTENIX.name));
await stageContracts(folderOf(CONTRACTS.name));
console.log(`packages to publish: ${folderOf(CARTENIX.name)}, ${folderOf(CONTRACTS.name)}`);
