import { chmod, copyFile, mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FetchedFile, unpackDebs } from "../../packages/index.ts";
import { APPLETS } from "./applets.ts";

const FOLDERS = [
  "dev",
  "etc",
  "mnt",
  "nix",
  "opt",
  "opt/cartenix",
  "proc",
  "root",
  "run",
  "sys",
  "tmp",
  "usr",
  "var",
];
const MERGED_FOLDERS = ["bin", "lib", "sbin"];

const EXCLUDED = [
  ...["./usr/share/bash-completion/*", "./usr/share/doc/*", "./usr/share/fish/*", "./usr/share/gdb/*"],
  ...["./usr/share/info/*", "./usr/share/lintian/*", "./usr/share/locale/*", "./usr/share/man/*"],
  ...["./usr/share/nodejs/@types/*", "./usr/share/zsh/*", "./usr/lib/systemd/*", "./usr/lib/*/gconv/*"],
];

/** Our own files in the root. */
export const OVERLAY = fileURLToPath(new URL("overlay", import.meta.url));

/** What the machine's root consists of, besides our own files. */
export interface RootContent {
  readonly packages: readonly FetchedFile[];
  /** The program that is `/bin/sh` in Nix's sandbox. */
  readonly shell: string;
}

/** Fills an empty folder with the machine's root: the packages in the order given, then our own files. */
export async function fillRoot(
  root: string,
  { packages, shell }: RootContent,
  onUnpacked: (count: number) => void,
): Promise<void> {
  for (const folder of FOLDERS) {
    await makeFolder(join(root, folder));
  }
  for (const folder of MERGED_FOLDERS) {
    await makeFolder(join(root, "usr", folder));
    await symlink(`usr/${folder}`, join(root, folder));
  }
  await unpackDebs(packages, root, { without: EXCLUDED, onUnpacked });
  await makeFolder(join(root, "usr/libexec"));
  await copyWithMode(shell, join(root, "usr/libexec/sandbox-shell"), 0o755);
  await copyOverlay("etc/passwd", root);
  await copyOverlay("etc/group", root);
  await copyOverlay("etc/hosts", root);
  await copyOverlay("etc/nsswitch.conf", root);
  await makeFolder(join(root, "etc/nix"));
  await copyOverlay("etc/nix/nix.conf", root);
  await copyOverlay("sbin/init-cartenix", root, 0o755);
  await makeFolder(join(root, "var/build"), 0o700);
  const present = new Set(await readdir(join(root, "usr/bin")));
  for (const applet of APPLETS) {
    if (!present.has(applet)) {
      await symlink("busybox", join(root, "usr/bin", applet));
    }
  }
}

// Modes are set explicitly, since those of mkdir and cp depend on the umask and the checkout.

async function makeFolder(place: string, mode = 0o755): Promise<void> {
  await mkdir(place, { recursive: true });
  await chmod(place, mode);
}

async function copyOverlay(name: string, root: string, mode = 0o644): Promise<void> {
  await copyWithMode(join(OVERLAY, name), join(root, name), mode);
}

async function copyWithMode(source: string, place: string, mode: number): Promise<void> {
  await copyFile(source, place);
  await chmod(place, mode);
}
