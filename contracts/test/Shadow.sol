// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title An implementation with the selectors of proxies and gates
/// @notice For tests only: a proxy that answered any of these calls itself would shadow them.
contract Shadow {
    /// @notice As proxies have it.
    /// @return A mark.
    function implementation() external pure returns (uint256) {
        return 1;
    }

    /// @notice As proxies have it.
    /// @return A mark.
    function admin() external pure returns (uint256) {
        return 2;
    }

    /// @notice As gates have it.
    /// @return A mark.
    function owner() external pure returns (uint256) {
        return 3;
    }

    /// @notice As gates have it.
    /// @return A mark.
    function policy() external pure returns (uint256) {
        return 4;
    }

    /// @notice As transparent proxies have it for their admin.
    /// @return A mark.
    function upgradeToAndCall(address, bytes calldata) external pure returns (uint256) {
        return 5;
    }
}
