// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @notice The key of a store path: `keccak256(bytes(storePath))`.
type PathKey is bytes32;

/// @notice The key of a store path.
/// @param storePath `/nix/store/<hash>-<name>`.
/// @return The key.
function toPathKey(string calldata storePath) pure returns (PathKey) {
    return PathKey.wrap(keccak256(bytes(storePath)));
}
