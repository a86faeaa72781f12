// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBuildRegistry} from "./IBuildRegistry.sol";
import {ITrustPolicy} from "./ITrustPolicy.sol";

/// @title Makes policies
/// @notice A policy's address follows from its terms: who knows the terms need not trust whoever made it.
interface ITrustPolicyFactory {
    /// @notice A policy was made.
    /// @param policy Where it is.
    /// @param terms Its content.
    event PolicyCreated(ITrustPolicy indexed policy, ITrustPolicy.Terms terms);

    /// @notice Makes the policy of these terms, unless it is there already. Anyone may call it.
    /// @dev Reverts with the errors of {ITrustPolicy} when a member does not meet the terms.
    /// @param terms Its content.
    /// @return policy The policy, at {policyOf} these terms.
    function create(ITrustPolicy.Terms calldata terms) external returns (ITrustPolicy policy);

    /// @notice Where the policy of these terms is, or would be.
    /// @param terms Its content.
    /// @return policy The policy; it has no code before it was made.
    function policyOf(ITrustPolicy.Terms calldata terms) external view returns (ITrustPolicy policy);

    /// @notice Where the members of all its policies record.
    /// @return The registry.
    function registry() external view returns (IBuildRegistry);
}
