// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title Cartesi's factory of applications, as far as the contracts here call it
/// @notice A part of Cartesi's own ApplicationFactory, with the same selectors.
interface ICartesiApplicationFactory {
    /// @notice Where the factory creates an application with these terms and this salt.
    /// @param outputsMerkleRootValidator Its first consensus.
    /// @param appOwner Its first owner.
    /// @param templateHash The root hash of its machine's template.
    /// @param dataAvailability Where its inputs are.
    /// @param salt Distinguishes applications with the same terms.
    /// @return The address.
    function calculateApplicationAddress(
        address outputsMerkleRootValidator,
        address appOwner,
        bytes32 templateHash,
        bytes calldata dataAvailability,
        bytes32 salt
    ) external view returns (address);
}

/// @title Cartesi's factory of Authorities, as far as the contracts here call it
/// @notice A part of Cartesi's own AuthorityFactory, with the same selectors.
interface ICartesiAuthorityFactory {
    /// @notice Where the factory creates an Authority with these terms and this salt.
    /// @param authorityOwner Its first owner, who submits claims.
    /// @param epochLength The length of an epoch in blocks.
    /// @param salt Distinguishes Authorities with the same terms.
    /// @return The address.
    function calculateAuthorityAddress(address authorityOwner, uint256 epochLength, bytes32 salt)
        external
        view
        returns (address);
}

/// @title Cartesi's factory of Quorums, as far as the contracts here call it
/// @notice A part of Cartesi's own QuorumFactory, with the same selectors.
interface ICartesiQuorumFactory {
    /// @notice Where the factory creates a Quorum with these terms and this salt.
    /// @param validators Who submits claims.
    /// @param epochLength The length of an epoch in blocks.
    /// @param salt Distinguishes Quorums with the same terms.
    /// @return The address.
    function calculateQuorumAddress(address[] calldata validators, uint256 epochLength, bytes32 salt)
        external
        view
        returns (address);
}
