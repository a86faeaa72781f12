import { type Address, encodeAbiParameters, getCreate2Address, type Hex, keccak256, stringToHex } from "viem";

/** The CreateX factory, at the same address on every chain; Ignition's `create2` strategy deploys through it. */
export const CREATE_X_ADDRESS = "0xba5Ed099633D3B313e4D5F7bdc1305d3c28ba5Ed";

/** The salt of all our deployments; its first 20 bytes are nobody's address, so that anyone may deploy with it. */
export const CREATE2_SALT: Hex = keccak256(stringToHex("cartenix"));

/** The address at which CreateX deploys this creation code, whoever calls it, on any chain. */
export function create2AddressOf(creationCode: Hex): Address {
  const guardedSalt = keccak256(encodeAbiParameters([{ type: "bytes32" }], [CREATE2_SALT]));
  return getCreate2Address({ from: CREATE_X_ADDRESS, salt: guardedSalt, bytecode: creationCode });
}
