import type { Command } from "commander";
import { defineAction } from "../action.ts";
import { addBlock } from "../nixConf/cartenixBlock.ts";
import { changeNixConf } from "../nixConf/changeNixConf.ts";
import { addNixConfOptions, type NixConfOptions } from "../nixConf/options.ts";
import { openCacheKey } from "../substituter/cacheKey.ts";
import {
  addSubstituterOptions,
  type SubstituterCommandOptions,
  substituterUrl,
} from "../substituter/options.ts";

interface UseOptions extends NixConfOptions, SubstituterCommandOptions {
  only: boolean;
}

export function addUse(program: Command): void {
  const command = program
    .command("use")
    .summary("let Nix use the substituter of `cartenix serve`")
    .description(
      "Adds the substituter of `cartenix serve` and its key to a nix.conf, after showing the change. `cartenix unuse` undoes it.",
    )
    .option("--only", "let Nix use no other substituter, and believe no other key", false)
    .addHelpText(
      "after",
      `
Examples:
  cartenix use
  sudo cartenix use --only --file /etc/nix/nix.conf --cache-key-file ~/.config/cartenix/cache.key`,
    );
  addNixConfOptions(command);
  addSubstituterOptions(command);
  defineAction(command, async ({ signal }) => {
    const { file, yes, only, port, cacheKeyFile } = command.opts<UseOptions>();
    const { publicKey } = await openCacheKey(cacheKeyFile);
    return changeNixConf({
      path: file,
      isAgreed: yes,
      signal,
      change: (text) => addBlock(text, { url: substituterUrl({ port }), publicKey, isOnly: only }),
    });
  });
}
