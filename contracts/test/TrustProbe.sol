// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ITrustPolicy} from "../ITrustPolicy.sol";
import {Trust} from "../libraries/Trust.sol";
import {NarHash} from "../types/NarHash.sol";
import {PathKey} from "../types/PathKey.sol";

/// @title Exposes Trust
/// @notice For tests only.
contract TrustProbe {
    using Trust for ITrustPolicy;

    /// @notice See {Trust}.
    /// @param policy See {Trust}.
    /// @param pathKey See {Trust}.
    /// @param narHash See {Trust}.
    function requireTrustedAt(ITrustPolicy policy, PathKey pathKey, NarHash narHash) external view {
        policy.requireTrustedAt(pathKey, narHash);
    }

    /// @notice See {Trust}.
    /// @param policy See {Trust}.
    /// @param pathKey See {Trust}.
    /// @return See {Trust}.
    function requireAcceptedAt(ITrustPolicy policy, PathKey pathKey) external view returns (NarHash) {
        return policy.requireAcceptedAt(pathKey);
    }
}
