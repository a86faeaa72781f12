import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Deployment, formatDeployment, parseDeployment } from "../protocol/deployments/index.ts";

/** Writes a deployment as JSON, creating its folder. */
export async function writeDeployment(file: string, deployment: Deployment): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, formatDeployment(deployment));
}

/**
 * Reads a deployment that {@link writeDeployment} wrote.
 *
 * @throws {MalformedDeploymentError} when the file holds something else.
 */
export async function readDeployment(file: string): Promise<Deployment> {
  return parseDeployment(await readFile(file, "utf8"));
}
