import { execFile } from "node:child_process";
import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { DebianError, DebianFormatError } from "../packagesErrors.ts";
import { makeScratchFolder } from "../scratchFolder.ts";

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** The content of a release file. */
export interface Release {
  /** In Debian's control format, without the signature. */
  readonly text: string;
  /** Whether the signature was checked; false on a host without `gpgv` or Debian's keys. */
  readonly signed: boolean;
}

/**
 * Checks the signature of an `InRelease` file with the host's copy of Debian's keys, and returns the text that it covers.
 * The file holds text and signature: `Release` and `Release.gpg` may come from two updates of a mirror or its cache.
 *
 * @throws {DebianError} when the signature is bad.
 * @throws {DebianFormatError} when the file is not a signed message, on a host that cannot check signatures.
 */
export async function verifyRelease(inRelease: Uint8Array, keyring: string = KEYRING): Promise<Release> {
  const present = await access(keyring).then(
    () => true,
    () => false,
  );
  if (!present) {
    return { text: parseSignedText(inRelease), signed: false };
  }
  await using folder = makeScratchFolder("release");
  const [file, verified] = [join(folder.path, "InRelease"), join(folder.path, "Release")];
  try {
    await writeFile(file, inRelease);
    await promisify(execFile)("gpgv", ["--keyring", keyring, "--output", verified, file]);
    return { text: await readFile(verified, "utf8"), signed: true };
  } catch (error) {
    const { code, syscall, stderr } = error as { code?: unknown; syscall?: string; stderr?: string };
    if (code === "ENOENT" && syscall === "spawn gpgv") {
      return { text: parseSignedText(inRelease), signed: false };
    }
    throw new DebianError("the mirror's release file is not signed by Debian", {
      details: stderr?.trim() || String(error),
      remedy: "try again in a few minutes, or set DEBIAN_MIRROR to another mirror",
    });
  }
}

/**
 * The text of a cleartext-signed message, its signature unchecked.
 *
 * Format: RFC 9580, section 7.
 *
 * @throws {DebianFormatError} when it is not such a message.
 */
export function parseSignedText(message: Uint8Array): string {
  const shape =
    /^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z]+: .*\n)*\n([\s\S]*?\n)-----BEGIN PGP SIGNATURE-----\n/;
  const [, text] = shape.exec(Buffer.from(message).toString("utf8")) ?? [];
  if (text === undefined) {
    throw new DebianFormatError("the mirror's release file is not a signed message", {
      remedy: "try again in a few minutes, or set DEBIAN_MIRROR to another mirror",
    });
  }
  return text.replace(/^- /gm, "");
}
