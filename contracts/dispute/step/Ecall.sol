// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";
import {IStepVerifier} from "../IStepVerifier.sol";
import {Registers} from "./Registers.sol";

/// @title What the microarchitecture asks its environment for
/// @notice The function is in a7; its arguments are in a0 to a4.
library Ecall {
    using Registers for bytes;

    uint256 private constant A0 = 10;
    uint256 private constant A1 = 11;
    uint256 private constant A2 = 12;
    uint256 private constant A3 = 13;
    uint256 private constant A4 = 14;
    uint256 private constant A7 = 17;

    uint64 private constant HALT = 1;
    uint64 private constant PUT_CHARACTER = 2;
    uint64 private constant MARK_DIRTY_PAGE = 3;
    uint64 private constant WRITE_TLB = 4;

    /// @dev The machine's translation lookaside buffer: for code, reads and writes a set each, of 256 slots of one leaf.
    uint64 private constant TLB_POSITION = 0x1000;
    uint64 private constant LAST_TLB_SET = 2;
    uint64 private constant LAST_TLB_SLOT = 255;
    uint64 private constant TLB_SET_BYTES = 0x2000;
    uint64 private constant TLB_SLOT_BYTES = 32;

    /// @notice Whether it writes a slot of the machine's translation lookaside buffer.
    /// @param registers The registers.
    /// @return Whether it does.
    function writesTlb(bytes memory registers) internal pure returns (bool) {
        return registers.x(A7) == WRITE_TLB;
    }

    /// @notice Where that slot is.
    /// @param registers The registers.
    /// @return Its address.
    function tlbSlot(bytes memory registers) internal pure returns (uint64) {
        (uint64 set, uint64 slot) = (registers.x(A0), registers.x(A1));
        if (set > LAST_TLB_SET || slot > LAST_TLB_SLOT) revert IStepVerifier.IllegalEcall(WRITE_TLB);
        return TLB_POSITION + set * TLB_SET_BYTES + slot * TLB_SLOT_BYTES;
    }

    /// @notice What is in that slot afterwards.
    /// @param registers The registers.
    /// @return The leaf.
    function tlbEntry(bytes memory registers) internal pure returns (bytes32) {
        uint256 entry = registers.x(A2) | (uint256(registers.x(A3)) << 64) | (uint256(registers.x(A4)) << 128);
        return Bytes.reverseBytes32(bytes32(entry));
    }

    /// @notice Halts, or goes on behind the instruction. What the other functions do changes no state but the slot.
    /// @param registers The registers.
    function execute(bytes memory registers) internal pure {
        uint64 requested = registers.x(A7);
        if (requested == HALT) return registers.halt();
        if (requested != PUT_CHARACTER && requested != MARK_DIRTY_PAGE && requested != WRITE_TLB) {
            revert IStepVerifier.IllegalEcall(requested);
        }
        registers.jump(registers.pc() + 4);
    }
}
