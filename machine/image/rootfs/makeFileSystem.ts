import { rename, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { Toolbox } from "../../toolbox/index.ts";

/** The content and the properties of a file system. */
export interface FileSystem {
  /** Its content, which belongs to root in the image. The folder's time stamps are overwritten. */
  readonly folder: string;
  readonly image: string;
  readonly sizeMiB: number;
  /** At most 16 characters. */
  readonly label: string;
  /** The maximum number of files and folders. */
  readonly inodes: number;
}

/** The Unix time of every file in an image; `init-cartenix` sets the machine's clock to it. */
const IMAGE_TIME_SECONDS = 1_735_689_600;

const UUID = "c0ffee00-ca47-4e21-8000-000000000001";

/**
 * Makes an ext4 image, a sparse file, of a folder. The same content always gives the same bytes.
 *
 * It has no journal and no checksums, since the machine is stored as a whole and never loses power.
 */
export async function makeFileSystem(toolbox: Toolbox, options: FileSystem): Promise<void> {
  const { folder, image, sizeMiB, label, inodes } = options;
  const partial = `${image}.part`;
  const features = "^has_journal,^metadata_csum,^64bit,^resize_inode,^huge_file,^orphan_file";
  const extended = `hash_seed=${UUID},root_owner=0:0,lazy_itable_init=0,nodiscard,no_copy_xattrs`;
  try {
    await toolbox.run(
      [
        ...[
          "sh",
          "-c",
          `find /stage/root -exec touch -h -d @${IMAGE_TIME_SECONDS} {} + && exec mke2fs "$@"`,
          "mke2fs",
        ],
        ...["-q", "-F", "-t", "ext4", "-b", "4096", "-I", "256", "-m", "2", "-L", label, "-U", UUID],
        ...["-O", features, "-E", extended, "-N", `${inodes}`],
        ...["-d", "/stage/root", `/stage/out/${basename(partial)}`, `${sizeMiB}M`],
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
