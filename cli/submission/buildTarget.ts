import { type Command, InvalidArgumentError } from "commander";
import { type PreparedBuild, prepareBuild } from "../../client/index.ts";
import type { NixArgument } from "../../machine/evaluator/index.ts";
import type { Progress } from "../../support/index.ts";

/** A Nix file's derivation, or a derivation, as a command names it. */
export interface TargetOptions {
  attr?: string;
  arg?: NixArgument[];
  argstr?: NixArgument[];
  content?: string[];
}

/** Adds the argument that names what to build, and what belongs to it. */
export function addTarget(command: Command): Command {
  return command
    .argument("<file|drv>", "a Nix file, or a derivation: /nix/store/….drv")
    .option("-A, --attr <attribute>", "the attribute of the file that is the derivation")
    .option(
      "--arg <name=expression>",
      "an argument of the file's function, as a Nix expression; may be repeated",
      collectArguments("expression"),
    )
    .option("--argstr <name=text>", "the same, as a text; may be repeated", collectArguments("string"))
    .option(
      "--content <path>",
      "a file or folder with the content of fixed outputs, known by its hash; may be repeated",
      (path: string, before: readonly string[] = []) => [...before, path],
    );
}

/** Evaluates what a command names. */
export async function prepareTarget(
  target: string,
  { attr, arg = [], argstr = [], content }: TargetOptions,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<PreparedBuild> {
  const stage = progress.stage("evaluate");
  try {
    const source = target.endsWith(".drv")
      ? { drvPath: target }
      : { file: target, attribute: attr, args: [...arg, ...argstr] };
    const build = await prepareBuild({ ...source, content, progress, signal });
    stage.done(build.drvPath);
    return build;
  } catch (error) {
    stage.fail();
    throw error;
  }
}

function collectArguments(kind: NixArgument["kind"]) {
  return (text: string, before: readonly NixArgument[] = []): NixArgument[] => {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_'-]*)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new InvalidArgumentError("It must be a name, = and a value.");
    }
    return [...before, { name, value, kind }];
  };
}
