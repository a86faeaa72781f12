import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const command = join(root, "node_modules/hardhat/dist/src/cli.js");

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** A folder with the project's own Hardhat configuration, so that what `hardhat deploy` writes does not land in the repository. */
export async function createDeployFolder() {
  const folder = await mkdtemp(join(tmpdir(), "cartenix-deploy-"));
  const config = join(folder, "hardhat.config.ts");
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(config, `export { default } from ${JSON.stringify(join(root, "hardhat.config.ts"))};\n`);
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  await mkdir(join(folder, "deploy"));
  await symlink(join(root, "deploy/parameters"), join(folder, "deploy/parameters"));

  /** Runs a task of the real command there. */
  function run(
    task: string,
    args: string[],
    environment: Record<string, string> = {},
  ): Promise<CommandResult> {
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [command, "--config", config, task, ...args],
        { cwd: folder, env: { ...process.env, ...environment, NO_COLOR: "1" } },
        (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });
  }

  /** Writes a parameter file and returns its path. */
  async function parameters(content: unknown): Promise<string> {
    const file = join(folder, "parameters.json5");
    await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  }

  return {
    folder,
    run,
    deploy: (args: string[], environment?: Record<string, string>) => run("deploy", args, environment),
    parameters,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export type DeployFolder = Awaited<ReturnType<typeof createDeployFolder>>;
