import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { parseSignedText, verifyRelease } from "../../machine/packages/archive/verifyRelease.ts";
import { hostTool } from "../../machine/packages/index.ts";
import { DebianError, DebianFormatError } from "../../machine/packages/packagesErrors.ts";

/** A key that was made for this test, as `gpg --export` writes it. */
const KEY =
  "mDMEXgvhABYJKwYBBAHaRw8BAQdAFp32CdSTwPQMERLRFBeB/wSVB8SRerZKdkZ4DwGX0GW0IENhcnRlbml4IHRlc3QgPHRl" +
  "c3RAZXhhbXBsZS5vcmc+iI8EExYIADgWIQTCtNcw+6pu5Vw8MtCgxxi5Kx4hXwUCXgvhAAIbAwULCQgHAgYVCgkICwIEFgID" +
  "AQIeAQIXgAAKCRCgxxi5Kx4hX7Q/APYsKRNvyMs5EpOs6354BHqs/xd3zr8fWs+X+ceSok0xAP4kPbYaaAszXif0t3zRN1PU" +
  "3rMT6/UsErVIlAuZLGy9Dg==";

/** What that key signed, by `gpg --clearsign`. */
const SIGNED = `-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Origin: Debian
Suite: stable
- - a dash
-----BEGIN PGP SIGNATURE-----

iHUEARYIAB0WIQTCtNcw+6pu5Vw8MtCgxxi5Kx4hXwUCXg0ygAAKCRCgxxi5Kx4h
X+IgAPsEs09+iDwe7SfcGZRLl8FgduzczPPKeGUd3WsyneUpwgD/f3Gk3JWUDV6S
EU5ua80d/FH8nquXJXTB1miO6+ycmgc=
=Hqrd
-----END PGP SIGNATURE-----
`;

const TEXT = "Origin: Debian\nSuite: stable\n- a dash\n";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("The release file of a mirror", () => {
  let folder: string;
  let keyring: string;
  before(async () => {
    await hostTool("gpgv", "gpgv");
    folder = await mkdtemp(join(tmpdir(), "cartenix-release-"));
    keyring = join(folder, "key.gpg");
    await writeFile(keyring, Buffer.from(KEY, "base64"));
  });
  after(() => rm(folder, { recursive: true }));

  it("is the text that the signature in the same file covers", async () => {
    assert.deepEqual(await verifyRelease(bytes(SIGNED), keyring), { text: TEXT, signed: true });
  });

  it("is nothing that stands outside of the signed text", async () => {
    const { text } = await verifyRelease(bytes(`Suite: forged\n\n${SIGNED}Suite: forged\n`), keyring);
    assert.equal(text, TEXT);
  });

  it("is refused when the text was changed, or has no signature", async () => {
    for (const forged of [SIGNED.replace("stable", "stabla"), TEXT, ""]) {
      await assert.rejects(verifyRelease(bytes(forged), keyring), {
        code: new DebianError("").code,
        message: /is not signed by Debian/,
      });
    }
  });

  it("is refused when another key signed it", async () => {
    const other = join(folder, "other.gpg");
    await writeFile(other, "");
    await assert.rejects(verifyRelease(bytes(SIGNED), other), DebianError);
  });

  it("is read without a check, and said to be so, on a host without the keys", async () => {
    const release = await verifyRelease(bytes(SIGNED), join(folder, "missing.gpg"));
    assert.deepEqual(release, { text: TEXT, signed: false });
  });

  it("is refused on such a host when it is not a signed message", () => {
    for (const text of [TEXT, "", SIGNED.slice(0, SIGNED.indexOf("-----BEGIN PGP SIGNATURE"))]) {
      assert.throws(() => parseSignedText(bytes(text)), DebianFormatError);
    }
  });
});
