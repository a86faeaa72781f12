// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// The names are Cartesi's.
// solhint-disable func-name-mixedcase

/// @title How a Cartesi machine's outputs are encoded
/// @notice No contract implements it: an output is one of these calls, ABI-encoded.
interface ICartesiOutputs {
    /// @notice A fact.
    /// @param payload Any bytes; the build's statement here.
    function Notice(bytes calldata payload) external;

    /// @notice A call that anyone may have the application make, once.
    /// @param destination Whom it calls.
    /// @param value With how much, in wei.
    /// @param payload The call's data.
    function Voucher(address destination, uint256 value, bytes calldata payload) external;
}
