import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { policyFactoryAddress, registryAddress } from "../../abi/index.ts";
import { handlerLimits } from "../../machine/handler/index.ts";

export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));

const readText = (file: string): string => readFileSync(`${ROOT}${file}`, "utf8");
const readJson = <Value>(file: string): Value => JSON.parse(readText(file)) as Value;

/** Gas of each call, as the tests measured it. */
export const readGas = (): Record<string, number> => readJson("test/gas.snapshot.json");

export const readTemplateHash = (): string =>
  readJson<{ templateHash: string }>("machine/image/template.json").templateHash;

export const contractAddresses = (): { registry: string; policyFactory: string } => ({
  registry: registryAddress(),
  policyFactory: policyFactoryAddress(),
});

/** What `npx hardhat deploy` leaves on a fresh local chain. */
export const readLocalDeployment = (): Record<string, unknown> => readJson("deploy/chains/31337.json");

/** How many ways out of the sandbox the hostile build tries. */
export function readEscapeAttempts(): number {
  const match = /lines\.length, (\d+)\)/.exec(readText("test/e2e/hostile.test.ts"));
  return Number(match![1]);
}

/** The `--help` of a command. */
export const readHelp = (main: string): string =>
  execFileSync(process.execPath, [main, "--help"], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, COLUMNS: "100" },
  }).trimEnd();

/** The handler's limits by name; those in a group are prefixed with its name and a dot. */
export function readLimits(): Map<string, number | bigint> {
  return new Map(namedValues(handlerLimits));
}

function* namedValues(group: object, prefix = ""): Generator<[string, number | bigint]> {
  for (const [name, value] of Object.entries(group)) {
    if (typeof value === "object") {
      yield* namedValues(value, `${prefix}${name}.`);
    } else {
      yield [`${prefix}${name}`, value];
    }
  }
}
