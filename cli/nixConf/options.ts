import { type Command, Option } from "commander";
import { defaultNixConfPath } from "./nixConfFile.ts";

export interface NixConfOptions {
  file: string;
  yes: boolean;
}

export function addNixConfOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--file <file>", "nix.conf to change").default(
        defaultNixConfPath(process.env),
        "nix/nix.conf in the configuration folder",
      ),
    )
    .option("-y, --yes", "change it without asking", false);
}
