import { concatHex, type Hex } from "viem";
import { CREATE2_DEPLOYER_ADDRESS, CREATE2_SALT, create2AddressOf } from "../abi/index.ts";
import { type Chain, codeAt, deployerOf, sendTransaction } from "./chain.ts";
import { DeploymentError } from "./deploymentError.ts";

/** It calls CREATE2 with the salt and the creation code that it is sent. */
const CREATE2_DEPLOYER_CODE: Hex =
  "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3";

/** Puts the CREATE2 deployer on a local chain, which starts without it. */
export async function placeCreate2Deployer(chain: Chain): Promise<void> {
  if ((await codeAt(chain, CREATE2_DEPLOYER_ADDRESS)) === "0x") {
    await chain.request({
      method: "hardhat_setCode",
      params: [CREATE2_DEPLOYER_ADDRESS, CREATE2_DEPLOYER_CODE],
    });
  }
}

/**
 * Deploys a contract at the address that follows from its creation code, unless it is there already: it does not matter who
 * deployed it, since no other code can have that address.
 *
 * @throws {DeploymentError} when the chain has no CREATE2 deployer or refuses the transaction.
 */
export async function deployWithCreate2(chain: Chain, creationCode: Hex, salt = CREATE2_SALT): Promise<void> {
  const address = create2AddressOf(creationCode, salt);
  if ((await codeAt(chain, address)) !== "0x") {
    return;
  }
  if ((await codeAt(chain, CREATE2_DEPLOYER_ADDRESS)) !== CREATE2_DEPLOYER_CODE) {
    throw new DeploymentError("the CREATE2 deployer is not on this chain", {
      details: `at ${CREATE2_DEPLOYER_ADDRESS} there is no code, or different code`,
      remedy: "choose a chain on which Cartesi Rollups contracts 2.2.0 are deployed",
    });
  }
  const data = concatHex([salt, creationCode]);
  try {
    await sendTransaction(chain, { from: await deployerOf(chain), to: CREATE2_DEPLOYER_ADDRESS, data });
  } catch (error) {
    // Somebody else can have deployed it in the meantime.
    if ((await codeAt(chain, address)) === "0x") {
      throw error;
    }
  }
}
