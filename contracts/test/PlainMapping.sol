// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The cheapest way to store a hash
/// @notice For gas measurements only: no sizes, no second key, no event, no checks, and anyone may overwrite.
contract PlainMapping {
    /// @notice The stored hashes.
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
