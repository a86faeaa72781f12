// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBuildRegistry} from "./IBuildRegistry.sol";
import {ITrustPolicy} from "./ITrustPolicy.sol";
import {ITrustPolicyFactory} from "./ITrustPolicyFactory.sol";
import {TrustPolicy} from "./TrustPolicy.sol";
import {IERC165} from "./interfaces/IERC165.sol";

/// @title Creates trust policies
/// @notice See {ITrustPolicyFactory}. It has no owner.
contract TrustPolicyFactory is ITrustPolicyFactory, IERC165 {
    /// @inheritdoc ITrustPolicyFactory
    IBuildRegistry public immutable registry;

    /// @notice Creates the factory of one registry's policies.
    /// @param registry_ The registry in which the members of its policies record.
    constructor(IBuildRegistry registry_) {
        registry = registry_;
    }

    /// @inheritdoc ITrustPolicyFactory
    function create(ITrustPolicy.Terms calldata terms) external returns (ITrustPolicy policy) {
        policy = policyOf(terms);
        if (address(policy).code.length != 0) return policy;
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
}
