// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title A Cartesi Rollups 2 application, as far as the contracts here call it
/// @notice A part of Cartesi's own Application, with the same selectors.
interface ICartesiApplication {
    /// @notice The place of an output in the outputs tree of its application.
    /// @param outputIndex The output's index among all outputs of the application, from 0.
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
    /// @param output The output as the machine emitted it: an ABI-encoded call of {ICartesiOutputs}.
    /// @param proof The proof of its place in the outputs tree.
    function validateOutput(bytes calldata output, OutputValidityProof calldata proof) external view;

    /// @notice The root hash of the machine's template.
    /// @return The hash; it never changes.
    function getTemplateHash() external view returns (bytes32);

    /// @notice The contract that accepts the application's claims: its consensus, an Authority or a Quorum.
    /// @return The consensus; the owner may change it.
    function getOutputsMerkleRootValidator() external view returns (address);

    /// @notice Who may change the consensus.
    /// @return The owner; zero for good once the ownership is renounced.
    function owner() external view returns (address);
}
