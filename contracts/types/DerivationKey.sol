// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @notice The key of a derivation's output: `keccak256(bytes(drvPath ++ "!" ++ outputName))`.
type DerivationKey is bytes32;

/// @notice The key of a derivation's output.
/// @param drvPath `/nix/store/<hash>-<name>.drv`.
/// @param outputName The output's name in the derivation.
/// @return The key.
function toDerivationKey(string calldata drvPath, string calldata outputName) pure returns (DerivationKey) {
    return DerivationKey.wrap(keccak256(abi.encodePacked(drvPath, "!", outputName)));
}
