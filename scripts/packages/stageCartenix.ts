import { globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ASSET_READERS, bundleCommand, placeOfAssets } from "./bundleCommand.ts";
import { bundleDependencies } from "./bundleDependencies.ts";
import { compileModules } from "./compileModules.ts";
import { CARTENIX } from "./definition.ts";
import { LIB, ROOT, startPackage } from "./stagePackage.ts";
import { thirdPartyLicences } from "./thirdPartyLicences.ts";

/** The command reads its version one folder above. */
const COMMAND = "bin/cartenix.js";

const PLATFORM = "scripts/packages/platform";

/** Node's hashes, and what browsers get instead. */
const CREATE_HASH = {
  alias: "#createHash",
  replaces: /(?<=^import \{ createHash \} from )"node:crypto"/gm,
  module: `${PLATFORM}/createHash`,
  inBrowsers: `${PLATFORM}/createHash.browser`,
};

/** The room's index, where only our errors are meant: browsers have them, too, but not all else in it. */
const ERRORS_FROM_INDEX =
  /(?<=^(?:import|export) \{(?: (?:type )?(?:CartenixError|CartenixErrorOptions|ErrorCode),?)+ \} from "(?:\.\.\/)+support\/)index/gm;

/** Makes the package `cartenix` in a folder. */
export async function stageCartenix(folder: string): Promise<void> {
  startPackage(folder, CARTENIX, { bin: { cartenix: COMMAND }, imports: importsField() });
  const lib = join(folder, LIB);
  const { module, inBrowsers } = CREATE_HASH;
  compileModules(ROOT, [...Object.values(CARTENIX.entryPoints), `${module}.ts`, `${inBrowsers}.ts`], lib);
  mendForBrowsers(lib);
  pointToAssets(lib);
  const bundles = [
    await bundleDependencies(lib, { root: ROOT, except: CARTENIX.optionalPeers }),
    await bundleCommand(join(folder, COMMAND)),
  ];
  writeFileSync(join(folder, "THIRD-PARTY-LICENCES.txt"), thirdPartyLicences(bundles, ROOT));
}

function importsField() {
  const { alias, module, inBrowsers } = CREATE_HASH;
  return { [alias]: { browser: `./${LIB}/${inBrowsers}.js`, default: `./${LIB}/${module}.js` } };
}

/** The library reads the same files beside the command as the command does. */
function pointToAssets(lib: string): void {
  for (const module of ASSET_READERS) {
    const path = join(lib, `${module}.js`);
    const upwards = relative(dirname(join(LIB, module)), ".");
    writeFileSync(path, placeOfAssets(readFileSync(path, "utf8"), join(upwards, `${module}.js`)));
  }
}

/** Done here and not in the sources: those are hashed into the machine's template. */
function mendForBrowsers(lib: string): void {
  for (const file of globSync("**/*.{js,d.ts}", { cwd: lib }).filter((name) => !name.startsWith(PLATFORM))) {
    const path = join(lib, file);
    const text = readFileSync(path, "utf8");
    writeFileSync(
      path,
      text
        .replace(CREATE_HASH.replaces, `"${CREATE_HASH.alias}"`)
        .replace(ERRORS_FROM_INDEX, "cartenixError"),
    );
  }
}
