// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IReleaseRegistry} from "../examples/IReleaseRegistry.sol";

/// @title A policy that calls back when asked
/// @notice For tests only: it publishes a release before it answers.
contract ReenteringPolicy {
    /// @notice Publishes a release, then accepts.
    /// @param storePath The path in question.
    /// @return narHash Any hash.
    /// @return verdict Accepted.
    function acceptedHash(string calldata storePath) external returns (bytes32 narHash, uint8 verdict) {
        narHash = bytes32(uint256(1));
        IReleaseRegistry(msg.sender).publish(
            IReleaseRegistry.Publication({project: "other", version: "1", storePath: storePath, narHash: narHash})
        );
        return (narHash, 0);
    }
}
