// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

// The names are Cartesi's.
// solhint-disable func-name-mixedcase

/// @title The encoding of a Cartesi machine's outputs
/// @notice No contract implements this interface: an output is one of these calls, ABI-encoded.
interface ICartesiOutputs {
    /// @notice A provable statement.
    /// @param payload Any bytes; here, the statement about a build.
    function Notice(bytes calldata payload) external;

    /// @notice A call that anyone may have the application make, once.
    /// @param destination The address that it calls.
    /// @param value The ether that it sends, in wei.
    /// @param payload The calldata.
    function Voucher(address destination, uint256 value, bytes calldata payload) external;
}
