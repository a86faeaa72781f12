import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import json5 from "json5";
import { readPinnedTemplate } from "../machine/image/index.ts";
import { type ApplicationTerms, parseTerms } from "./applicationTerms.ts";
import { DeploymentError } from "./deploymentError.ts";

/**
 * Reads a parameter file. The template's hash is that of the pinned template if the file names none.
 *
 * @throws {DeploymentError} when there is no such file, it is not JSON5, or a parameter is wrong.
 */
export async function readTerms(file: string): Promise<ApplicationTerms> {
  let content: unknown;
  try {
    content = json5.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new DeploymentError(`the parameter file ${relative(process.cwd(), file)} cannot be read`, {
      cause,
      details: cause instanceof Error ? cause.message : String(cause),
      remedy: "name a JSON5 file like those in deploy/parameters/ with --parameters",
    });
  }
  return parseTerms(content, await readPinnedTemplate());
}
