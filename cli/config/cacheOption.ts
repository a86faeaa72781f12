import { type Command, InvalidArgumentError, Option } from "commander";
import type { Settings } from "./resolveSettings.ts";

/** Lets a command take bytes from other caches than the configured ones. */
export function addCacheOption(command: Command): Command {
  return command.addOption(
    new Option("--cache <url...>", "binary caches that bytes may come from, whoever signed them").argParser(
      collectCache,
    ),
  );
}

export function cachesOf(command: Command, { caches }: Settings): readonly string[] {
  return command.opts<{ cache?: string[] }>().cache ?? caches.value;
}

function collectCache(text: string, before: readonly string[] | undefined): string[] {
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new InvalidArgumentError("it is not an address of HTTP");
  }
  return [...(before ?? []), text.replace(/\/+$/, "")];
}
