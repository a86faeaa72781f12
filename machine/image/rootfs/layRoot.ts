import { chmod, cp, mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FetchedFile, unpackDebs } from "../debian/index.ts";
import { applets } from "./applets.ts";

const folders = [
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
const merged = ["bin", "lib", "sbin"];

const unwanted = [
  ...["./usr/share/bash-completion/*", "./usr/share/doc/*", "./usr/share/fish/*", "./usr/share/gdb/*"],
  ...["./usr/share/info/*", "./usr/share/lintian/*", "./usr/share/locale/*", "./usr/share/man/*"],
  ...["./usr/share/nodejs/@types/*", "./usr/share/zsh/*", "./usr/lib/systemd/*", "./usr/lib/*/gconv/*"],
];

export const overlay = fileURLToPath(new URL("overlay", import.meta.url));

/** Fills an empty folder with the machine's root: the packages in the order given, then our own files. */
export async function layRoot(
  root: string,
  packages: readonly FetchedFile[],
  onUnpacked: (count: number) => void,
): Promise<void> {
  for (const folder of folders) await mkdir(join(root, folder));
  for (const folder of merged) {
    await mkdir(join(root, "usr", folder));
    await symlink(`usr/${folder}`, join(root, folder));
  }
  await unpackDebs(packages, root, { without: unwanted, onUnpacked });
  await cp(join(overlay, "etc"), join(root, "etc"), { recursive: true });
  await cp(join(overlay, "sbin"), join(root, "usr/sbin"), { recursive: true });
  await chmod(join(root, "usr/sbin/init-cartenix"), 0o755);
  await mkdir(join(root, "var/build"), { mode: 0o700 });
  const present = new Set(await readdir(join(root, "usr/bin")));
  for (const applet of applets) {
    if (!present.has(applet)) await symlink("busybox", join(root, "usr/bin", applet));
  }
}
