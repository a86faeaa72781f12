// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title ERC-165
/// @notice Tells which interfaces a contract offers.
interface IERC165 {
    /// @notice Whether the contract offers an interface.
    /// @param interfaceId The XOR of the interface's selectors.
    /// @return Whether it does.
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}
