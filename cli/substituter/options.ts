import { type Command, InvalidArgumentError, Option } from "commander";
import { defaultCacheKeyPath } from "./cacheKey.ts";

export const DEFAULT_PORT = 8480;

export interface SubstituterCommandOptions {
  port: number;
  cacheKeyFile: string;
}

/** Where this computer's substituter listens, and the key that it signs with. */
export function addSubstituterOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--port <number>", "port of 127.0.0.1 where the substituter listens")
        .env("CARTENIX_PORT")
        .argParser(parsePort)
        .default(DEFAULT_PORT),
    )
    .addOption(
      new Option("--cache-key-file <file>", "secret key that signs what is served; made if it is not there")
        .env("CARTENIX_CACHE_KEY_FILE")
        .default(defaultCacheKeyPath(process.env), "cartenix/cache.key in the configuration folder"),
    );
}

export function substituterUrl({ port }: Pick<SubstituterCommandOptions, "port">): string {
  return `http://127.0.0.1:${port}`;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError("a port is a number from 0 to 65535");
  }
  return port;
}
