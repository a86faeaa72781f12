// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {UpgradeGate} from "../examples/UpgradeGate.sol";

/// @title Code that calls back while it is being deployed
/// @notice For tests only: its constructor upgrades the gate that is deploying it.
contract Reenterer {
    /// @notice Upgrades the gate again.
    /// @param gate The gate that deploys it.
    /// @param storePath Another build's output.
    /// @param creationCode The content of that output.
    constructor(UpgradeGate gate, string memory storePath, bytes memory creationCode) {
        gate.upgradeToBuild(storePath, creationCode);
    }
}
