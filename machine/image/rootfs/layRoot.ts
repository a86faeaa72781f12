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

/** Fills an empty folder with the machine's root: the packages in the order given, then our own files. */
export async function layRoot(
  root: string,
  packages: readonly FetchedFile[],
  onUnpacked: (count: number) => void,
): Promise<void> {
  for (const folder of FOLDERS) {
    await layFolder(join(root, folder));
  }
  for (const folder of MERGED_FOLDERS) {
    await layFolder(join(root, "usr", folder));
    await symlink(`usr/${folder}`, join(root, folder));
  }
  await unpackDebs(packages, root, { without: EXCLUDED, onUnpacked });
  await layFile("etc/passwd", root);
  await layFile("etc/group", root);
  await layFile("etc/hosts", root);
  await layFile("etc/nsswitch.conf", root);
  await layFolder(join(root, "etc/nix"));
  await layFile("etc/nix/nix.conf", root);
  await layFile("sbin/init-cartenix", root, 0o755);
  await layFolder(join(root, "var/build"), 0o700);
  const present = new Set(await readdir(join(root, "usr/bin")));
  for (const applet of APPLETS) {
    if (!present.has(applet)) {
      await symlink("busybox", join(root, "usr/bin", applet));
    }
  }
}

// Modes are set explicitly, since those of mkdir and cp depend on the umask and the checkout.

async function layFolder(place: string, mode = 0o755): Promise<void> {
  await mkdir(place, { recursive: true });
  await chmod(place, mode);
}

async function layFile(name: string, root: string, mode = 0o644): Promise<void> {
  await copyFile(join(OVERLAY, name), join(root, name));
  await chmod(join(root, name), mode);
}
