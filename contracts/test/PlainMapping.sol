// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The least that remembering a hash can cost
/// @notice For measurements only: no sizes, no second key, no event, no check, anyone may overwrite.
contract PlainMapping {
    /// @notice What was set.
    mapping(bytes32 key => bytes32 narHash) public hashes;

    /// @notice Sets a hash.
    /// @param key Its key.
    /// @param narHash The hash.
    function set(bytes32 key, bytes32 narHash) external {
        hashes[key] = narHash;
    }

    /// @notice Sets many hashes.
    /// @param keys Their keys.
    /// @param narHashes The hashes.
    function setMany(bytes32[] calldata keys, bytes32[] calldata narHashes) external {
        for (uint256 i = 0; i < keys.length; ++i) {
            hashes[keys[i]] = narHashes[i];
        }
    }
}
