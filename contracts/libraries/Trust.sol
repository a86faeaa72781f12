// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ITrustPolicy} from "../ITrustPolicy.sol";

/// @title Requires a policy's consent, for contracts that act on it
/// @notice `using Trust for ITrustPolicy;` and one line before acting: `policy.requireTrusted(storePath, narHash);`
library Trust {
    /// @notice The policy accepts no hash for the path.
    error NotTrusted(string storePath, ITrustPolicy.Verdict verdict);
    /// @notice The policy accepts a different hash for the path.
    error WrongHash(string storePath, bytes32 narHash, bytes32 acceptedHash);

    /// @notice Reverts unless the policy accepts this hash for this path.
    /// @param policy The policy that the caller trusts.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @param narHash The sha256 of the NAR that the caller has.
    function requireTrusted(ITrustPolicy policy, string calldata storePath, bytes32 narHash) internal view {
        bytes32 accepted = requireAccepted(policy, storePath);
        if (accepted != narHash) revert WrongHash(storePath, narHash, accepted);
    }

    /// @notice Reverts unless the policy accepts a hash for this path.
    /// @param policy The policy that the caller trusts.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @return narHash The accepted hash.
    function requireAccepted(ITrustPolicy policy, string calldata storePath) internal view returns (bytes32 narHash) {
        ITrustPolicy.Verdict verdict;
        (narHash, verdict) = policy.acceptedHash(storePath);
        if (verdict != ITrustPolicy.Verdict.Accepted) revert NotTrusted(storePath, verdict);
    }
}
