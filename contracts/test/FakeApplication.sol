// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title A contract that says of itself what policies ask for
/// @notice For tests only: it is no Cartesi application, has no owner, and can record whatever its author likes.
contract FakeApplication {
    /// @notice As applications have it.
    bytes32 public getTemplateHash;
    /// @notice As applications have it.
    address public getOutputsMerkleRootValidator;
    /// @notice As applications have it.
    address public owner;

    /// @notice Imitates an application.
    /// @param templateHash The template hash that it claims to have.
    /// @param consensus The consensus that it claims to have.
    constructor(bytes32 templateHash, address consensus) {
        getTemplateHash = templateHash;
        getOutputsMerkleRootValidator = consensus;
    }
}
