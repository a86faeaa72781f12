// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @notice Names an epoch by all that the state after it follows from, so that no reorganisation makes it name another one: a
/// claim, or a challenge, that was meant for other inputs is refused.
type EpochId is bytes32;

/// @notice The id of an epoch.
/// @param application The application.
/// @param index The epoch's index.
/// @param state The machine's state before it.
/// @param inputsHash From zero on, keccak256 of the hash so far and the next input's hash in the InputBox, for each of its
/// inputs.
/// @return The id.
function toEpochId(address application, uint256 index, bytes32 state, bytes32 inputsHash) pure returns (EpochId) {
    return EpochId.wrap(keccak256(abi.encode(application, index, state, inputsHash)));
}
