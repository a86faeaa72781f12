// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {IStepVerifier} from "../IStepVerifier.sol";
import {Instruction} from "./Instruction.sol";

/// @title Loads and stores
/// @notice What they do with the leaf that they touch.
library MemoryWord {
    /// @dev The bit of funct3 that makes a load extend with zeros.
    uint256 private constant UNSIGNED = 4;

    /// @notice Reverts unless the bytes that a load or store touches are aligned, and so within one leaf.
    /// @param instruction The load or store.
    /// @param target The first byte's address.
    function requireAligned(Instruction instruction, uint64 target) internal pure {
        uint256 width = 1 << (instruction.funct3() & 3);
        if (target & (width - 1) != 0) revert IStepVerifier.IllegalAddress(target);
    }

    /// @notice What a load reads.
    /// @param instruction The load.
    /// @param leaf The leaf.
    /// @param target The first byte's address.
    /// @return The value, extended to 64 bits.
    function load(Instruction instruction, bytes32 leaf, uint64 target) internal pure returns (uint64) {
        uint256 operation = instruction.funct3();
        if (operation == 7) revert IStepVerifier.IllegalInstruction(Instruction.unwrap(instruction));
        uint64 unused = 64 - uint64(8 << (operation & 3));
        uint64 word = uint64(uint256(Bytes.reverseBytes32(leaf)) >> _shift(target));
        uint64 value = word << unused;
        return operation & UNSIGNED == 0 ? uint64(int64(value) >> unused) : value >> unused;
    }

    /// @notice What a store makes of the leaf.
    /// @param instruction The store.
    /// @param leaf The leaf before.
    /// @param target The first byte's address.
    /// @param value The register whose lowest bytes it writes.
    /// @return The leaf after.
    function store(Instruction instruction, bytes32 leaf, uint64 target, uint64 value) internal pure returns (bytes32) {
        uint256 operation = instruction.funct3();
        if (operation > 3) revert IStepVerifier.IllegalInstruction(Instruction.unwrap(instruction));
        uint256 mask = (1 << (8 << operation)) - 1;
        uint256 shift = _shift(target);
        uint256 kept = uint256(Bytes.reverseBytes32(leaf)) & ~(mask << shift);
        return Bytes.reverseBytes32(bytes32(kept | ((value & mask) << shift)));
    }

    /// @notice The instruction at an address.
    /// @param leaf The leaf.
    /// @param target The address, a multiple of 4.
    /// @return The instruction.
    function fetch(bytes32 leaf, uint64 target) internal pure returns (Instruction) {
        return Instruction.wrap(uint32(uint256(Bytes.reverseBytes32(leaf)) >> _shift(target)));
    }

    /// @dev How far from its least significant bit an address is in a leaf that is read as one number.
    function _shift(uint64 target) private pure returns (uint256) {
        return 8 * uint256(target & 31);
    }
}
