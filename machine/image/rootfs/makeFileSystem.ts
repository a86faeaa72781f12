import { rename, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { Toolbox } from "../../toolbox/index.ts";

/** What a file system is to hold and where it goes. */
export interface FileSystem {
  /** Its content; all of it belongs to root in the image. Its time stamps are overwritten. */
  readonly folder: string;
  readonly image: string;
  /** In MiB. */
  readonly size: number;
  /** At most 16 characters. */
  readonly label: string;
  /** How many files and folders it can hold at most. */
  readonly inodes: number;
}

/** Seconds since 1970: the time stamp of every file in an image, and what init sets the machine's clock to. */
export const IMAGE_TIME_SECONDS = 1_735_689_600;

const uuid = "c0ffee00-ca47-4e21-8000-000000000001";

/**
 * Makes an ext4 image (a sparse file) of a folder: the same content gives the same bytes, whoever makes it, whenever.
 *
 * Without journal and checksums: the machine is stored as a whole and never loses power.
 */
export async function makeFileSystem(toolbox: Toolbox, options: FileSystem): Promise<void> {
  const { folder, image, size, label, inodes } = options;
  const partial = `${image}.part`;
  const features = "^has_journal,^metadata_csum,^64bit,^resize_inode,^huge_file,^orphan_file";
  const extended = `hash_seed=${uuid},root_owner=0:0,lazy_itable_init=0,nodiscard,no_copy_xattrs`;
  try {
    await toolbox.run(
      [
        ...[
          "sh",
          "-c",
          `find /stage/root -exec touch -h -d @${IMAGE_TIME_SECONDS} {} + && exec mke2fs "$@"`,
          "mke2fs",
        ],
        ...["-q", "-F", "-t", "ext4", "-b", "4096", "-I", "256", "-m", "2", "-L", label, "-U", uuid],
        ...["-O", features, "-E", extended, "-N", `${inodes}`],
        ...["-d", "/stage/root", `/stage/out/${basename(partial)}`, `${size}M`],
      ],
      {
        env: { SOURCE_DATE_EPOCH: `${IMAGE_TIME_SECONDS}`, E2FSPROGS_FAKE_TIME: `${IMAGE_TIME_SECONDS}` },
        binds: [
          { host: folder, guest: "/stage/root" },
          { host: dirname(image), guest: "/stage/out" },
        ],
      },
    );
    await rename(partial, image);
  } finally {
    await rm(partial, { force: true });
  }
}
