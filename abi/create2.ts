import { type Address, getCreate2Address, type Hex, keccak256, stringToHex } from "viem";

/**
 * The deterministic deployment proxy, at the same address on every chain. Cartesi's own contracts were deployed through it, so
 * it is wherever they are.
 */
export const CREATE2_DEPLOYER_ADDRESS = "0x4e59b44847b379578588920cA78FbF26c0B4956C";

/** The salt of the contracts that we deploy through it. */
export const CREATE2_SALT: Hex = keccak256(stringToHex("cartenix"));

/** The address at which it deploys this creation code, whoever calls it, on any chain. */
export function create2AddressOf(creationCode: Hex, salt = CREATE2_SALT): Address {
  return getCreate2Address({ from: CREATE2_DEPLOYER_ADDRESS, salt, bytecode: creationCode });
}
