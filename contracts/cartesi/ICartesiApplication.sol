// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What is read of a Cartesi Rollups 2 application
/// @notice The part of Cartesi's own Application that the contracts here call, with its selectors.
interface ICartesiApplication {
    /// @notice Where an output is in the outputs tree of its application.
    /// @param outputIndex The output's index, from 0, over the application's life.
    /// @param outputHashesSiblings 63 hashes, from the leaf's sibling to the root's child.
    struct OutputValidityProof {
        uint64 outputIndex;
        bytes32[] outputHashesSiblings;
    }

    /// @notice The output's proof does not have 63 siblings.
    error InvalidOutputHashesSiblingsArrayLength();
    /// @notice No accepted claim has this root.
    error InvalidOutputsMerkleRoot(bytes32 outputsMerkleRoot);

    /// @notice Reverts unless an accepted claim contains the output.
    /// @param output The output as the machine emitted it: a call of {ICartesiOutputs}, ABI-encoded.
    /// @param proof Where it is.
    function validateOutput(bytes calldata output, OutputValidityProof calldata proof) external view;

    /// @notice The root hash of the machine's template.
    /// @return A constant of the application.
    function getTemplateHash() external view returns (bytes32);

    /// @notice Who accepts claims for the application: its consensus, an Authority or a Quorum.
    /// @return The consensus; an owner may change it.
    function getOutputsMerkleRootValidator() external view returns (address);

    /// @notice Who may change the consensus.
    /// @return The owner; zero for ever when the ownership was renounced.
    function owner() external view returns (address);
}
