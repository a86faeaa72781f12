import { execFile } from "node:child_process";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { DebianError } from "../packagesErrors.ts";

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Checks the signature of a release file with the host's copy of Debian's keys.
 *
 * @returns false when the host lacks the keys or `gpgv`; every Debian has both.
 * @throws {DebianError} when the signature is bad.
 */
export async function verifyRelease(release: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const present = await access(KEYRING).then(
    () => true,
    () => false,
  );
  if (!present) {
    return false;
  }
  const folder = await mkdtemp(join(tmpdir(), "cartenix-release-"));
  try {
    await writeFile(join(folder, "Release"), release);
    await writeFile(join(folder, "Release.gpg"), signature);
    await promisify(execFile)("gpgv", [
      "--keyring",
      KEYRING,
      join(folder, "Release.gpg"),
      join(folder, "Release"),
    ]);
    return true;
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT") {
      return false;
    }
    throw new DebianError("the mirror's release file is not signed by Debian", {
      details: stderr?.trim() || String(error),
      remedy: "try again in a few minutes, or set DEBIAN_MIRROR to another mirror",
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
