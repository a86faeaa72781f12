// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ClaimId} from "./ClaimId.sol";

/// @notice Names a game by its claim and its challenger: everyone can challenge a claim once.
type GameId is bytes32;

/// @notice The id of a game.
/// @param claimId The challenged claim.
/// @param challenger Who challenges it.
/// @return The id.
function toGameId(ClaimId claimId, address challenger) pure returns (GameId) {
    return GameId.wrap(keccak256(abi.encode(claimId, challenger)));
}
