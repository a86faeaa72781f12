import {
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import { SigningKeyFormatError } from "../substituterErrors.ts";

/** How DER introduces the 32 bytes of an Ed25519 key (RFC 8410). */
const PRIVATE_KEY_PREFIX = "302e020100300506032b657004220420";
const PUBLIC_KEY_PREFIX = "302a300506032b6570032100";
const SEED_BYTES = 32;
const PUBLIC_KEY_BYTES = 32;

/** A key that signs store paths. */
export interface SigningKey {
  readonly name: string;
  /** `<name>:<base 64>`, for `trusted-public-keys` in `nix.conf`. */
  readonly publicKey: string;
  /** Signs a fingerprint: `<name>:<base 64>`. */
  sign(fingerprint: string): string;
  /** A key of its own for one purpose, named `<name>-<purpose>`: what one of them signs, no other vouches for. */
  deriveFor(purpose: string): SigningKey;
}

/**
 * Reads a secret key as `nix key generate-secret` writes it.
 *
 * @throws {SigningKeyFormatError} which never shows the key.
 */
export function parseSigningKey(text: string): SigningKey {
  const { name, bytes } = split(text.trim(), SEED_BYTES + PUBLIC_KEY_BYTES);
  const key = keyOfSeed(name, bytes.subarray(0, SEED_BYTES));
  if (key.publicKey !== `${name}:${bytes.subarray(SEED_BYTES).toString("base64")}`) {
    throw new SigningKeyFormatError("its public half does not belong to its secret half");
  }
  return key;
}

/** Makes a new secret key, in the form of `nix key generate-secret`. */
export function makeSigningKey(name: string): string {
  const seed = randomBytes(SEED_BYTES);
  const [, publicHalf] = keyOfSeed(name, seed).publicKey.split(":");
  return `${name}:${Buffer.concat([seed, Buffer.from(publicHalf!, "base64")]).toString("base64")}`;
}

function keyOfSeed(name: string, seed: Uint8Array): SigningKey {
  const privateKey = createPrivateKey({
    key: Buffer.concat([Buffer.from(PRIVATE_KEY_PREFIX, "hex"), seed]),
    format: "der",
    type: "pkcs8",
  });
  const publicBytes = createPublicKey(privateKey)
    .export({ format: "der", type: "spki" })
    .subarray(-PUBLIC_KEY_BYTES);
  return {
    name,
    publicKey: `${name}:${publicBytes.toString("base64")}`,
    sign: (fingerprint) => `${name}:${sign(null, Buffer.from(fingerprint), privateKey).toString("base64")}`,
    deriveFor: (purpose) =>
      keyOfSeed(
        `${name}-${purpose}`,
        new Uint8Array(hkdfSync("sha256", seed, "", `cartenix substituter ${purpose}`, SEED_BYTES)),
      ),
  };
}

/**
 * Whether a signature is of this fingerprint by this public key (`<name>:<base 64>`).
 *
 * @throws {SigningKeyFormatError} when the public key is malformed.
 */
export function isSignedBy(publicKey: string, fingerprint: string, signature: string): boolean {
  const { name, bytes } = split(publicKey, PUBLIC_KEY_BYTES);
  const [signer, encoded] = signature.split(":");
  const key: KeyObject = createPublicKey({
    key: Buffer.concat([Buffer.from(PUBLIC_KEY_PREFIX, "hex"), bytes]),
    format: "der",
    type: "spki",
  });
  return signer === name && verify(null, Buffer.from(fingerprint), key, Buffer.from(encoded ?? "", "base64"));
}

function split(text: string, length: number): { name: string; bytes: Buffer } {
  const [, name, encoded] = /^([^\s:]{1,255}):([A-Za-z0-9+/]{1,256}={0,2})$/.exec(text) ?? [];
  if (name === undefined || encoded === undefined) {
    throw new SigningKeyFormatError("it does not have the form name:base64");
  }
  const bytes = Buffer.from(encoded, "base64");
  if (bytes.length !== length || bytes.toString("base64") !== encoded) {
    throw new SigningKeyFormatError(`it does not have ${length} bytes in base 64`);
  }
  return { name, bytes };
}
