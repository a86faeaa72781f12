import { readFileSync, writeFileSync } from "node:fs";
import { fillFigures, PAGES_WITH_FIGURES } from "./fillFigures.ts";
import { ROOT } from "./sources.ts";

for (const file of PAGES_WITH_FIGURES) {
  const page = readFileSync(`${ROOT}${file}`, "utf8");
  const filled = fillFigures(file, page);
  if (filled !== page) {
    writeFileSync(`${ROOT}${file}`, filled);
    console.log(`updated ${file}`);
  }
}
