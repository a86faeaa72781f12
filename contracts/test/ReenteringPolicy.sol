// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReleaseRegistry} from "../examples/ReleaseRegistry.sol";

/// @title A policy that calls back while it is asked
/// @notice For tests only: it tries to publish once more before it answers.
contract ReenteringPolicy {
    /// @notice Calls back, then accepts.
    /// @param storePath The path that it is asked about.
    /// @return narHash Any hash.
    /// @return verdict Accepted.
    function acceptedHash(string calldata storePath) external returns (bytes32 narHash, uint8 verdict) {
        ReleaseRegistry(msg.sender).publish("other", "1", storePath);
        return (bytes32(uint256(1)), 0);
    }
}
