import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Progress } from "../../support/index.ts";
import { fetchPinned, type PinnedFile, unpackDebs } from "../packages/index.ts";

const FOLDERS = ["dev", "etc", "mnt", "proc", "root", "run", "sys", "tmp", "usr", "var", "nix"];
const MERGED_FOLDERS = ["bin", "lib", "lib64", "sbin"];

/** The links that Debian's maintainer scripts would make, which we do not run. */
const LINKS = {
  "usr/bin/awk": "gawk",
  "usr/bin/cc": "gcc-14",
  "usr/bin/gcc": "gcc-14",
  "usr/bin/riscv64-linux-gnu-cpp": "riscv64-linux-gnu-cpp-12",
  "usr/bin/riscv64-linux-gnu-gcc": "riscv64-linux-gnu-gcc-12",
};

const EXCLUDED = ["./usr/share/doc/*", "./usr/share/man/*", "./usr/share/info/*", "./usr/share/locale/*"];

/** Unpacks the toolbox's packages into a folder: a Debian root to chroot into. */
export async function unpackRoot(
  root: string,
  files: readonly PinnedFile[],
  progress: Progress,
): Promise<void> {
  const fetched = await fetchPinned(files, { progress, name: "toolbox packages" });
  const stage = progress.stage("toolbox");
  for (const folder of FOLDERS) {
    await mkdir(join(root, folder));
  }
  for (const folder of MERGED_FOLDERS) {
    await mkdir(join(root, "usr", folder));
    await symlink(`usr/${folder}`, join(root, folder));
  }
  const onUnpacked = (count: number) => stage.update(`unpacked ${count} of ${fetched.length} packages`);
  await unpackDebs(fetched, root, { parallel: 3, without: EXCLUDED, onUnpacked });
  for (const [place, target] of Object.entries(LINKS)) {
    await symlink(target, join(root, place));
  }
  await writeFile(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  await writeFile(join(root, "etc/group"), "root:x:0:\n");
  stage.done(`${fetched.length} packages`);
}
