// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IBuildRegistry} from "./IBuildRegistry.sol";
import {ITrustPolicy} from "./ITrustPolicy.sol";
import {ICartesiApplicationFactory, ICartesiAuthorityFactory, ICartesiQuorumFactory} from "./cartesi/ICartesiFactories.sol";

/// @title Creates trust policies
/// @notice A policy's address follows from its terms, so readers who know the terms need not trust its creator. All members of a
/// policy that the factory created are Cartesi applications: anyone can write a contract that says of itself whatever the terms
/// ask for, but only Cartesi's factory puts an application at the address that follows from how it was created.
interface ITrustPolicyFactory {
    /// @notice Which of Cartesi's factories created a consensus.
    /// @param Named None that must be known: the terms name the consensus itself.
    /// @param Authority The AuthorityFactory.
    /// @param Quorum The QuorumFactory.
    enum ConsensusKind {
        Named,
        Authority,
        Quorum
    }

    /// @notice How a consensus was created.
    /// @param kind By which factory. If it is Named, the rest is ignored.
    /// @param claimers The first owner of an Authority, alone; or the validators of a Quorum.
    /// @param epochLength The length of an epoch in blocks.
    /// @param salt The salt.
    struct ConsensusOrigin {
        ConsensusKind kind;
        address[] claimers;
        uint256 epochLength;
        bytes32 salt;
    }

    /// @notice How a member was created: the proof that it is a Cartesi application.
    /// @param consensus The application's first consensus.
    /// @param owner Its first owner.
    /// @param templateHash The root hash of its machine's template.
    /// @param dataAvailability Where its inputs are.
    /// @param salt The salt. Applications that were created without one cannot be members.
    /// @param consensusOrigin How its present consensus was created.
    struct Origin {
        address consensus;
        address owner;
        bytes32 templateHash;
        bytes dataAvailability;
        bytes32 salt;
        ConsensusOrigin consensusOrigin;
    }

    /// @notice A policy was created.
    /// @param policy The policy.
    /// @param terms Its terms.
    event PolicyCreated(ITrustPolicy indexed policy, ITrustPolicy.Terms terms);

    /// @notice There must be one origin for each member.
    error WrongNumberOfOrigins(uint256 origins, uint256 members);
    /// @notice Cartesi's factory would have created another address.
    error NotAnApplication(address member, address created);
    /// @notice The terms do not name this consensus, and the factory would have created another address.
    error UnknownConsensus(address member, address consensus, address created);

    /// @notice Creates the policy with these terms unless it already exists. Anyone may call it.
    /// @dev Reverts with the errors of {ITrustPolicy} if a member does not meet the terms.
    /// @param terms The policy's terms.
    /// @param origins How each member was created, in the members' order.
    /// @return policy The policy, at the address that {policyOf} returns for these terms.
    function create(ITrustPolicy.Terms calldata terms, Origin[] calldata origins) external returns (ITrustPolicy policy);

    /// @notice The address of the policy with these terms, whether or not it exists.
    /// @param terms The policy's terms.
    /// @return policy The policy; it has no code until it is created.
    function policyOf(ITrustPolicy.Terms calldata terms) external view returns (ITrustPolicy policy);

    /// @notice The registry in which the members of all its policies record.
    /// @return The registry.
    function registry() external view returns (IBuildRegistry);

    /// @notice The factory that must have created the members.
    /// @return Cartesi's factory.
    function applicationFactory() external view returns (ICartesiApplicationFactory);

    /// @notice The factory that created an Authority, if no terms name it.
    /// @return Cartesi's factory.
    function authorityFactory() external view returns (ICartesiAuthorityFactory);

    /// @notice The factory that created a Quorum, if no terms name it.
    /// @return Cartesi's factory.
    function quorumFactory() external view returns (ICartesiQuorumFactory);
}
