// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {UpgradeGate} from "../examples/UpgradeGate.sol";

/// @title Code that calls back while it is being deployed
/// @notice For tests only: its constructor accepts the gate that is deploying it, and upgrades.
contract Reenterer {
    /// @notice Upgrades the gate again.
    /// @param gate The gate that deploys it.
    /// @param storePath The output that is being deployed.
    /// @param creationCode Any content.
    constructor(UpgradeGate gate, string memory storePath, bytes memory creationCode) {
        gate.acceptOwnership();
        gate.upgrade(storePath, creationCode, "");
    }
}
