import type { Command } from "commander";
import { defineAction } from "../action.ts";
import { removeBlock } from "../nixConf/cartenixBlock.ts";
import { changeNixConf } from "../nixConf/changeNixConf.ts";
import { addNixConfOptions, type NixConfOptions } from "../nixConf/options.ts";

export function addUnuse(program: Command): void {
  const command = program
    .command("unuse")
    .summary("undo `cartenix use`")
    .description("Removes what `cartenix use` added to a nix.conf, after showing the change.")
    .addHelpText("after", "\nExample:\n  cartenix unuse");
  addNixConfOptions(command);
  defineAction(command, async ({ signal }) => {
    const { file, yes } = command.opts<NixConfOptions>();
    return changeNixConf({
      path: file,
      isAgreed: yes,
      signal,
      change: (text) => (text === undefined ? undefined : removeBlock(text)),
    });
  });
}
