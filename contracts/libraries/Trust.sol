// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ITrustPolicy} from "../ITrustPolicy.sol";
import {NarHash} from "../types/NarHash.sol";
import {PathKey} from "../types/PathKey.sol";

/// @title Requires a policy's consent, for contracts that act on it
/// @notice `using Trust for ITrustPolicy;` and one line before acting: `policy.requireTrusted(storePath, narHash);`
library Trust {
    /// @notice The policy accepts no hash for the path.
    error NotTrusted(string storePath, ITrustPolicy.Verdict verdict);
    /// @notice The policy accepts a different hash for the path.
    error WrongHash(string storePath, NarHash narHash, NarHash acceptedHash);
    /// @notice The policy accepts no hash at the path key.
    error NotTrustedAt(PathKey pathKey, ITrustPolicy.Verdict verdict);
    /// @notice The policy accepts a different hash at the path key.
    error WrongHashAt(PathKey pathKey, NarHash narHash, NarHash acceptedHash);

    /// @notice Reverts unless the policy accepts this hash for this path.
    /// @param policy The policy that the caller trusts.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @param narHash The sha256 of the NAR that the caller has.
    function requireTrusted(ITrustPolicy policy, string memory storePath, NarHash narHash) internal view {
        if (policy.isAccepted(storePath, narHash)) return;
        revert WrongHash(storePath, narHash, requireAccepted(policy, storePath));
    }

    /// @notice Reverts unless the policy accepts a hash for this path.
    /// @param policy The policy that the caller trusts.
    /// @param storePath `/nix/store/<hash>-<name>`.
    /// @return narHash The accepted hash.
    function requireAccepted(ITrustPolicy policy, string memory storePath) internal view returns (NarHash narHash) {
        ITrustPolicy.Verdict verdict;
        (narHash, verdict) = policy.acceptedHash(storePath);
        if (verdict != ITrustPolicy.Verdict.Accepted) revert NotTrusted(storePath, verdict);
    }

    /// @notice {requireTrusted} by path key.
    /// @param policy The policy that the caller trusts.
    /// @param pathKey `keccak256(bytes(storePath))`.
    /// @param narHash The sha256 of the NAR that the caller has.
    function requireTrustedAt(ITrustPolicy policy, PathKey pathKey, NarHash narHash) internal view {
        if (policy.isAcceptedAt(pathKey, narHash)) return;
        revert WrongHashAt(pathKey, narHash, requireAcceptedAt(policy, pathKey));
    }

    /// @notice {requireAccepted} by path key.
    /// @param policy The policy that the caller trusts.
    /// @param pathKey `keccak256(bytes(storePath))`.
    /// @return narHash The accepted hash.
    function requireAcceptedAt(ITrustPolicy policy, PathKey pathKey) internal view returns (NarHash narHash) {
        ITrustPolicy.Verdict verdict;
        (narHash, verdict) = policy.acceptedHashAt(pathKey);
        if (verdict != ITrustPolicy.Verdict.Accepted) revert NotTrustedAt(pathKey, verdict);
    }
}
