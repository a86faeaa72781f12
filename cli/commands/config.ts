import type { Command } from "commander";
import { formatAuthority } from "../../trust/index.ts";
import { defineAction } from "../action.ts";
import { addConnectionOptions } from "../config/options.ts";
import { resolveSettings, type Setting, type Settings } from "../config/resolveSettings.ts";

export function addConfig(program: Command): void {
  const command = program
    .command("config")
    .summary("show the configuration, and where each value comes from")
    .description("Shows what the other commands would work with, and where each value comes from.")
    .addHelpText("after", "\nExample:\n  cartenix config --network main");
  addConnectionOptions(command);
  defineAction(command, async () => {
    const values = describeSettings(await resolveSettings(command));
    const width = Math.max(...values.map(({ name }) => name.length));
    return {
      exitCode: 0,
      text: values
        .map(
          ({ name, value, source }) =>
            `${name.padEnd(width)}  ${value ?? "not set"}${source ? `  (${source})` : ""}`,
        )
        .join("\n"),
      json: { settings: values },
    };
  });
}

function describeSettings(
  settings: Settings,
): { name: string; value: string | null; source: string | null }[] {
  const describe = <Value>(
    name: string,
    setting: Setting<Value> | undefined,
    format: (value: Value) => string,
  ) => ({
    name,
    value: setting ? format(setting.value) : null,
    source: setting?.source ?? null,
  });
  const list = (values: readonly string[]) => values.join(", ");
  return [
    describe("config", settings.config, String),
    describe("network", settings.network, String),
    describe("rpcUrls", settings.rpcUrls, list),
    describe("chainId", settings.chainId, String),
    describe("registry", settings.registry, String),
    describe("application", settings.deployment, ({ application }) => application),
    describe("trust", settings.authority, formatAuthority),
    describe("node", settings.nodeUrl, String),
    describe("indexer", settings.indexerUrl, String),
    describe("caches", settings.caches, list),
  ];
}
