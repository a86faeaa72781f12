import { bytesToHex, type Hex, keccak256, stringToBytes } from "viem";

/** As `contracts/types/PathKey.sol` computes it. */
export function pathKeyOf(storePath: string): Hex {
  return keccak256(stringToBytes(storePath));
}

/** As `contracts/types/DerivationKey.sol` computes it. */
export function derivationKeyOf(drvPath: string, outputName: string): Hex {
  return keccak256(stringToBytes(`${drvPath}!${outputName}`));
}

/** The 32 bytes of `sha256-<base64>`. */
export function narHashBytes(narHash: string): Hex {
  const digits = atob(narHash.slice("sha256-".length));
  return bytesToHex(Uint8Array.from(digits, (digit) => digit.charCodeAt(0)));
}
