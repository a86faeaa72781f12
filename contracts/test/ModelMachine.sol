// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStepVerifier} from "../dispute/IStepVerifier.sol";

/// @title A machine whose states are words that say where it is, so that any of its states can be computed at once
/// @notice For tests only; `test/contracts/dispute/support/modelMachine.ts` computes the same off chain. From the lowest bit
/// on, a state has: 24 bits, the step within the cycle; 40 bits, the cycle within the input; 40 bits, the cycle in which the
/// machine stops; 8 bits, how it stops; 64 bits of the hash of its outputs root; 80 bits that no machine sets, for lies. A
/// proof is one byte that names the function, and the state.
contract ModelMachine is IStepVerifier {
    /// @dev After so many steps the microarchitecture halts.
    uint256 private constant STEPS = 600;
    uint256 private constant ACCEPTS = 1;

    uint256 private constant CYCLE = 1 << 24;
    uint256 private constant STEP_MASK = CYCLE - 1;
    uint256 private constant CYCLE_MASK = (1 << 40) - 1;

    /// @inheritdoc IStepVerifier
    function emulatorVersion() external pure returns (string memory) {
        return "model";
    }

    /// @inheritdoc IStepVerifier
    function pristineUarch() external pure returns (bytes32) {
        return 0;
    }

    /// @inheritdoc IStepVerifier
    function maxInputBytes() external pure returns (uint256) {
        return type(uint256).max;
    }

    /// @inheritdoc IStepVerifier
    function step(bytes32 state, bytes calldata proof) external pure returns (bytes32) {
        _check("s", state, proof);
        return uint256(state) & STEP_MASK < STEPS ? bytes32(uint256(state) + 1) : state;
    }

    /// @inheritdoc IStepVerifier
    function reset(bytes32 state, bytes calldata proof) external pure returns (bytes32) {
        _check("r", state, proof);
        uint256 word = uint256(state) & ~STEP_MASK;
        return bytes32(_hasStopped(word) ? word : word + CYCLE);
    }

    /// @inheritdoc IStepVerifier
    function respond(bytes32 state, bytes calldata input, bytes calldata proof) external pure returns (bytes32) {
        _check("i", state, proof);
        (,,,,,,, bytes memory payload) =
            abi.decode(input[4:], (uint256, address, address, uint256, uint256, uint256, uint256, bytes));
        uint256 ending = uint256(uint48(bytes6(payload)));
        bytes32 root;
        if (payload.length < 38) {
            root = keccak256(abi.encode((uint256(state) >> 112) & type(uint64).max, keccak256(input)));
        } else {
            // The payload's second part: 32 bytes at byte 6.
            // solhint-disable-next-line no-inline-assembly
            assembly ("memory-safe") {
                root := mload(add(payload, 38))
            }
        }
        uint256 word = (uint256(state) >> 176) << 176;
        word |= uint256(uint64(uint256(keccak256(abi.encode(root))))) << 112;
        return bytes32(word | ((ending >> 40) << 104) | ((ending & CYCLE_MASK) << 64));
    }

    /// @inheritdoc IStepVerifier
    function isAccepted(bytes32 state, bytes calldata proof) external pure returns (bool) {
        _check("a", state, proof);
        return _accepts(uint256(state));
    }

    /// @inheritdoc IStepVerifier
    function outputsRoot(bytes32 state, bytes calldata proof) external pure returns (bytes32) {
        if (proof.length != 32) revert InvalidProof();
        if (uint64(uint256(keccak256(proof))) != uint64(uint256(state) >> 112)) revert InvalidProof();
        return bytes32(proof);
    }

    /// @inheritdoc IStepVerifier
    function checkTemplate(bytes32 state, bytes calldata proof) external pure {
        _check("t", state, proof);
        if (!_accepts(uint256(state))) revert NotATemplate(state);
    }

    function _check(bytes1 kind, bytes32 state, bytes calldata proof) private pure {
        if (keccak256(proof) != keccak256(abi.encodePacked(kind, state))) revert InvalidProof();
    }

    function _accepts(uint256 word) private pure returns (bool) {
        return (word >> 104) & 0xff == ACCEPTS && _hasStopped(word);
    }

    function _hasStopped(uint256 word) private pure returns (bool) {
        return !((word >> 24) & CYCLE_MASK < (word >> 64) & CYCLE_MASK);
    }
}
