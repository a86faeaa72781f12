import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "../../../machine/handler/environment/environment.ts";
import { formatNixConfig } from "../../../machine/handler/environment/formatNixConfig.ts";
import { NixSession } from "../../../machine/handler/nixDaemon/index.ts";
import { removeTree } from "../../../machine/handler/rebuilding/storeFiles.ts";
import { openToolbox } from "../../../machine/toolbox/index.ts";
import { silentProgress } from "../../../support/index.ts";

/** A real nix-daemon with a new, empty store. Only its sandbox is off, since the toolbox is a chroot. */
export interface NixHost extends AsyncDisposable {
  readonly environment: Environment;
  /** How often the environment was reset for a build. */
  readonly resets: () => number;
}

/** @param settings lines of `nix.conf`, instead of what the handler sets. */
export async function startNixHost(settings = ""): Promise<NixHost> {
  const toolbox = await openToolbox({ progress: silentProgress });
  const folder = mkdtempSync(join(tmpdir(), "cartenix-"));
  const stop = new AbortController();
  const daemon = toolbox.run(["nix-daemon"], {
    env: {
      NIX_CONFIG: `${formatNixConfig({ sandbox: false, "build-users-group": "" })}trusted-users = *\n${settings}`,
    },
    binds: [{ host: folder, guest: "/nix" }],
    signal: stop.signal,
  });
  let ended = false;
  const end = daemon
    .catch(() => {})
    .finally(() => {
      ended = true;
    });
  const socket = join(folder, "var/nix/daemon-socket/socket");
  while (!existsSync(socket)) {
    if (ended) {
      await daemon;
    }
    await sleep(20);
  }
  let resets = 0;
  const usage = { diskBytes: 0, files: 0, refusedProcesses: 0, memoryKills: 0 };
  return {
    environment: {
      system: "x86_64-linux",
      nixVersion: "2.26.3",
      folder: join(folder, "handler"),
      storeFolder: join(folder, "store"),
      logFolder: join(folder, "var/log/nix"),
      usedHeap: () => 0,
      freeSpace: () => ({ bytes: Number.MAX_SAFE_INTEGER, inodes: Number.MAX_SAFE_INTEGER }),
      openSession: () => NixSession.open(socket),
      resetForBuild: () => {
        resets += 1;
      },
      measure: () => usage,
    },
    resets: () => resets,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await end;
      removeTree(Buffer.from(folder));
    },
  };
}
