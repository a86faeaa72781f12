// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStepVerifier} from "../dispute/IStepVerifier.sol";

/// @title Stands for the step verifier
contract StepVerifier20 is IStepVerifier {
    /// @inheritdoc IStepVerifier
    string public constant emulatorVersion = "0.20";
    /// @inheritdoc IStepVerifier
    bytes32 public constant pristineUarch = bytes32(0);

    /// @inheritdoc IStepVerifier
    function step(bytes32 state, bytes calldata) external pure returns (bytes32) {
        return state;
    }

    /// @inheritdoc IStepVerifier
    function reset(bytes32 state, bytes calldata) external pure returns (bytes32) {
        return state;
    }

    /// @inheritdoc IStepVerifier
    function respond(bytes32 state, bytes calldata, bytes calldata) external pure returns (bytes32) {
        return state;
    }

    /// @inheritdoc IStepVerifier
    function isAccepted(bytes32, bytes calldata) external pure returns (bool) {
        return true;
    }

    /// @inheritdoc IStepVerifier
    function outputsRoot(bytes32, bytes calldata proof) external pure returns (bytes32) {
        return bytes32(proof);
    }

    /// @inheritdoc IStepVerifier
    function checkTemplate(bytes32 state, bytes calldata proof) external pure {
        if (keccak256(proof) != keccak256(abi.encode(state))) revert NotATemplate(state);
    }
}
