// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IReleaseRegistry} from "../examples/IReleaseRegistry.sol";
import {NarHash} from "../types/NarHash.sol";

/// @title A policy that calls back when asked
/// @notice For tests only: it publishes a release before it answers.
contract ReenteringPolicy {
    /// @notice Publishes a release, then accepts.
    /// @param storePath The path in question.
    /// @param narHash The hash in question.
    /// @return Accepted.
    function isAccepted(string calldata storePath, NarHash narHash) external returns (bool) {
        IReleaseRegistry(msg.sender).publish(
            IReleaseRegistry.Publication({project: "other", version: "1", storePath: storePath, narHash: narHash})
        );
        return true;
    }
}
