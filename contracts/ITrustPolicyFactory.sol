// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IBuildRegistry} from "./IBuildRegistry.sol";
import {ITrustPolicy} from "./ITrustPolicy.sol";

/// @title Creates trust policies
/// @notice A policy's address follows from its terms, so readers who know the terms need not trust its creator.
interface ITrustPolicyFactory {
    /// @notice A policy was created.
    /// @param policy The policy.
    /// @param terms Its terms.
    event PolicyCreated(ITrustPolicy indexed policy, ITrustPolicy.Terms terms);

    /// @notice Creates the policy with these terms unless it already exists. Anyone may call it.
    /// @dev Reverts with the errors of {ITrustPolicy} if a member does not meet the terms.
    /// @param terms The policy's terms.
    /// @return policy The policy, at the address that {policyOf} returns for these terms.
    function create(ITrustPolicy.Terms calldata terms) external returns (ITrustPolicy policy);

    /// @notice The address of the policy with these terms, whether or not it exists.
    /// @param terms The policy's terms.
    /// @return policy The policy; it has no code until it is created.
    function policyOf(ITrustPolicy.Terms calldata terms) external view returns (ITrustPolicy policy);

    /// @notice The registry in which the members of all its policies record.
    /// @return The registry.
    function registry() external view returns (IBuildRegistry);
}
