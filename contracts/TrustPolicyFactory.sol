// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBuildRegistry} from "./IBuildRegistry.sol";
import {ITrustPolicy} from "./ITrustPolicy.sol";
import {ITrustPolicyFactory} from "./ITrustPolicyFactory.sol";
import {TrustPolicy} from "./TrustPolicy.sol";
import {ICartesiApplication} from "./cartesi/ICartesiApplication.sol";
import {ICartesiApplicationFactory, ICartesiAuthorityFactory, ICartesiQuorumFactory} from "./cartesi/ICartesiFactories.sol";
import {IERC165} from "./interfaces/IERC165.sol";

/// @title Creates trust policies
/// @notice See {ITrustPolicyFactory}. It has no owner.
contract TrustPolicyFactory is ITrustPolicyFactory, IERC165 {
    /// @inheritdoc ITrustPolicyFactory
    IBuildRegistry public immutable registry;
    /// @inheritdoc ITrustPolicyFactory
    ICartesiApplicationFactory public immutable applicationFactory;
    /// @inheritdoc ITrustPolicyFactory
    ICartesiAuthorityFactory public immutable authorityFactory;
    /// @inheritdoc ITrustPolicyFactory
    ICartesiQuorumFactory public immutable quorumFactory;

    /// @notice Creates the factory of one registry's policies.
    /// @param registry_ The registry in which the members of its policies record.
    /// @param applicationFactory_ Cartesi's factory of applications.
    /// @param authorityFactory_ Cartesi's factory of Authorities.
    /// @param quorumFactory_ Cartesi's factory of Quorums.
    constructor(
        IBuildRegistry registry_,
        ICartesiApplicationFactory applicationFactory_,
        ICartesiAuthorityFactory authorityFactory_,
        ICartesiQuorumFactory quorumFactory_
    ) {
        registry = registry_;
        applicationFactory = applicationFactory_;
        authorityFactory = authorityFactory_;
        quorumFactory = quorumFactory_;
    }

    /// @inheritdoc ITrustPolicyFactory
    function create(ITrustPolicy.Terms calldata terms, Origin[] calldata origins)
        external
        returns (ITrustPolicy policy)
    {
        policy = policyOf(terms);
        if (address(policy).code.length != 0) return policy;
        if (origins.length != terms.members.length) {
            revert WrongNumberOfOrigins(origins.length, terms.members.length);
        }
        for (uint256 i = 0; i < origins.length; ++i) {
            _requireApplication(terms.members[i].application, origins[i]);
            if (terms.members[i].consensus == address(0)) {
                _requireConsensus(terms.members[i].application, origins[i].consensusOrigin);
            }
        }
        new TrustPolicy{salt: 0}(registry, terms);
        emit PolicyCreated(policy, terms);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(ITrustPolicyFactory).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    /// @inheritdoc ITrustPolicyFactory
    function policyOf(ITrustPolicy.Terms calldata terms) public view returns (ITrustPolicy policy) {
        bytes32 codeHash = keccak256(abi.encodePacked(type(TrustPolicy).creationCode, abi.encode(registry, terms)));
        bytes32 digest = keccak256(abi.encodePacked(bytes1(0xff), address(this), bytes32(0), codeHash));
        return ITrustPolicy(address(uint160(uint256(digest))));
    }

    /// @dev The template hash needs no look at the application: another one would have given another address.
    function _requireApplication(address member, Origin calldata origin) private view {
        address created = applicationFactory.calculateApplicationAddress(
            origin.consensus, origin.owner, origin.templateHash, origin.dataAvailability, origin.salt
        );
        if (created != member) revert NotAnApplication(member, created);
    }

    function _requireConsensus(address member, ConsensusOrigin calldata origin) private view {
        address consensus = ICartesiApplication(member).getOutputsMerkleRootValidator();
        address created = _consensusAddress(origin);
        if (created != consensus) revert UnknownConsensus(member, consensus, created);
    }

    /// @dev Zero if the origin names no factory, or an Authority with other than one claimer.
    function _consensusAddress(ConsensusOrigin calldata origin) private view returns (address) {
        if (origin.kind == ConsensusKind.Quorum) {
            return quorumFactory.calculateQuorumAddress(origin.claimers, origin.epochLength, origin.salt);
        }
        if (origin.kind == ConsensusKind.Named || origin.claimers.length != 1) return address(0);
        return authorityFactory.calculateAuthorityAddress(origin.claimers[0], origin.epochLength, origin.salt);
    }
}
