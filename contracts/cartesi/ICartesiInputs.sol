// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

// The name of a function is Cartesi's.
// solhint-disable func-name-mixedcase

/// @title Cartesi's InputBox, as far as the contracts here call it
/// @notice A part of Cartesi's own InputBox, with the same selectors.
interface ICartesiInputBox {
    /// @notice How many inputs an application has.
    /// @param appContract The application.
    /// @return The number.
    function getNumberOfInputs(address appContract) external view returns (uint256);

    /// @notice The hash of an input: keccak256 of the `EvmAdvance` call that the machine receives.
    /// @param appContract The application.
    /// @param index The input's index among those of the application, from 0.
    /// @return The hash.
    function getInputHash(address appContract, uint256 index) external view returns (bytes32);
}

/// @title The encoding of where the inputs of a Cartesi application are
/// @notice No contract implements this interface: what {ICartesiApplication} answers is one of these calls, ABI-encoded.
interface ICartesiDataAvailability {
    /// @notice They are in an InputBox, and nowhere else.
    /// @param inputBox The InputBox.
    function InputBox(ICartesiInputBox inputBox) external;
}

/// @title An application, as far as a consensus asks it where its inputs are
/// @notice A part of Cartesi's own Application, with the same selector.
interface ICartesiInputSource {
    /// @notice Where the application's inputs are.
    /// @return A call of {ICartesiDataAvailability}, ABI-encoded.
    function getDataAvailability() external view returns (bytes memory);
}

/// @title What an application asks of its consensus
/// @notice Cartesi's own interface, with the same selector and so the same id by ERC-165.
interface ICartesiOutputsMerkleRootValidator {
    /// @notice Whether an accepted claim of the application has this root.
    /// @param appContract The application.
    /// @param outputsMerkleRoot The root of its outputs tree.
    /// @return Whether it has.
    function isOutputsMerkleRootValid(address appContract, bytes32 outputsMerkleRoot) external view returns (bool);
}
