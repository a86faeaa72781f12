// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title ERC-165
interface IERC165 {
    /// @notice Whether the contract offers an interface.
    /// @param interfaceId The XOR of the interface's selectors.
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
}
