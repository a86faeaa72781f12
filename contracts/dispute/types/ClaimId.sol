// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {EpochId} from "./EpochId.sol";

/// @notice Names a claim by what it says and who says it, so that no reorganisation makes it name another one.
type ClaimId is bytes32;

/// @notice The id of a claim.
/// @param epochId The epoch.
/// @param round How often all claims of this epoch had died before.
/// @param claimer Who claims.
/// @param state The claimed state.
/// @return The id.
function toClaimId(EpochId epochId, uint256 round, address claimer, bytes32 state) pure returns (ClaimId) {
    return ClaimId.wrap(keccak256(abi.encode(epochId, round, claimer, state)));
}
