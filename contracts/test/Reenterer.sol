// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {UpgradeGate} from "../examples/UpgradeGate.sol";

/// @title Code that calls back while it is being put into place
/// @notice For tests only: its constructor upgrades the gate that deploys it once more.
contract Reenterer {
    /// @notice Calls back.
    /// @param gate The gate that deploys it.
    /// @param storePath Another build's output.
    /// @param creationCode What is in it.
    constructor(UpgradeGate gate, string memory storePath, bytes memory creationCode) {
        gate.upgradeToBuild(storePath, creationCode);
    }
}
