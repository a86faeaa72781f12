import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openToolbox } from "../machine/toolbox/index.ts";
import { createProgress } from "../support/index.ts";

export interface NixOptions {
  readonly input?: Uint8Array;
  readonly features?: readonly string[];
  /** Whether it may use the host's network. */
  readonly network?: boolean;
}

/** The real Nix 2.26.3, with its own empty store. */
export interface RealNix {
  /** A folder of the host that scripts see as `/stage`, where they start. */
  readonly folder: string;
  /** Runs a bash script that stops at the first error; returns what it wrote to standard output. */
  run(script: string, options?: NixOptions): Promise<Uint8Array>;
  close(): Promise<void>;
}

export async function openNix(): Promise<RealNix> {
  const toolbox = await openToolbox({ progress: createProgress() });
  const root = await mkdtemp(join(tmpdir(), "cartenix-nix-"));
  const folder = join(root, "work");
  const store = join(root, "nix");
  await mkdir(folder);
  await mkdir(store);
  return {
    folder,
    run: async (script, { input = new Uint8Array(0), features = [], network = false } = {}) => {
      const output = await toolbox.run(["bash", "-euc", script], {
        cwd: "/stage",
        env: { NIX_CONFIG: configuration(features) },
        binds: [
          { host: store, guest: "/nix" },
          { host: folder, guest: "/stage" },
        ],
        network,
        input,
      });
      return new Uint8Array(output);
    },
    async close() {
      // Nix makes the folders in its store read-only, which stops everybody but root
      await promisify(execFile)("chmod", ["-R", "u+w", root]);
      await rm(root, { recursive: true, force: true });
    },
  };
}

function configuration(features: readonly string[]): string {
  return [
    "build-users-group =",
    "sandbox = false",
    "substitute = false",
    `extra-experimental-features = nix-command ${features.join(" ")}`,
  ].join("\n");
}
