// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IStepVerifier} from "../IStepVerifier.sol";
import {Instruction} from "./Instruction.sol";

/// @title RV64I's computations with two operands
/// @notice Named by funct3 and by the bit that makes a subtraction of an addition, and an arithmetic shift of a logical one.
library Arithmetic {
    uint256 private constant ADD = 0;
    uint256 private constant SLL = 1;
    uint256 private constant SLT = 2;
    uint256 private constant SLTU = 3;
    uint256 private constant XOR = 4;
    uint256 private constant SR = 5;
    uint256 private constant OR = 6;

    uint256 private constant ALTERNATIVE = 0x20;

    /// @notice OP: both operands are registers.
    /// @param instruction The instruction.
    /// @param a The first operand.
    /// @param b The second operand.
    /// @return The result.
    function withRegister(Instruction instruction, uint64 a, uint64 b) internal pure returns (uint64) {
        uint256 operation = instruction.funct3();
        return _compute(operation, _isAlternative(instruction, instruction.funct7(), operation), a, b);
    }

    /// @notice OP-IMM: the second operand is the immediate.
    /// @param instruction The instruction.
    /// @param a The first operand.
    /// @return The result.
    function withImmediate(Instruction instruction, uint64 a) internal pure returns (uint64) {
        uint256 operation = instruction.funct3();
        bool isShift = operation == SLL || operation == SR;
        // the lowest bit of funct7 is the highest of how far to shift
        bool isAlternative = isShift && _isAlternative(instruction, instruction.funct7() & 0x7e, operation);
        return _compute(operation, isAlternative, a, instruction.immediateI());
    }

    /// @notice OP-32: both operands are the lower halves of registers.
    /// @param instruction The instruction.
    /// @param a The first operand.
    /// @param b The second operand.
    /// @return The result, of 32 bits, sign-extended.
    function withRegister32(Instruction instruction, uint64 a, uint64 b) internal pure returns (uint64) {
        bool isAlternative = _isAlternative(instruction, instruction.funct7(), instruction.funct3());
        return _compute32(instruction, isAlternative, uint32(a), uint32(b));
    }

    /// @notice OP-IMM-32: the lower half of a register and the immediate.
    /// @param instruction The instruction.
    /// @param a The first operand.
    /// @return The result, of 32 bits, sign-extended.
    function withImmediate32(Instruction instruction, uint64 a) internal pure returns (uint64) {
        uint256 operation = instruction.funct3();
        bool isAlternative = operation != ADD && _isAlternative(instruction, instruction.funct7(), operation);
        return _compute32(instruction, isAlternative, uint32(a), uint32(instruction.immediateI()));
    }

    /// @dev Only ADD and SR have an alternative; all other values of funct7 are no instruction.
    function _isAlternative(Instruction instruction, uint256 function7, uint256 operation) private pure returns (bool) {
        if (function7 == 0) return false;
        if (function7 == ALTERNATIVE && (operation == ADD || operation == SR)) return true;
        revert IStepVerifier.IllegalInstruction(Instruction.unwrap(instruction));
    }

    function _compute(uint256 operation, bool isAlternative, uint64 a, uint64 b) private pure returns (uint64) {
        unchecked {
            if (operation == ADD) return isAlternative ? a - b : a + b;
            if (operation == SLT) return int64(a) < int64(b) ? 1 : 0;
            if (operation == SLTU) return a < b ? 1 : 0;
            if (operation == XOR) return a ^ b;
            if (operation == OR) return a | b;
            if (operation == SLL) return a << (b & 63);
            if (operation == SR) return isAlternative ? uint64(int64(a) >> (b & 63)) : a >> (b & 63);
            return a & b;
        }
    }

    function _compute32(Instruction instruction, bool isAlternative, uint32 a, uint32 b) private pure returns (uint64) {
        uint256 operation = instruction.funct3();
        unchecked {
            if (operation == ADD) return _extended(isAlternative ? a - b : a + b);
            if (operation == SLL) return _extended(a << (b & 31));
            if (operation == SR) return _extended(isAlternative ? uint32(int32(a) >> (b & 31)) : a >> (b & 31));
        }
        revert IStepVerifier.IllegalInstruction(Instruction.unwrap(instruction));
    }

    function _extended(uint32 value) private pure returns (uint64) {
        return uint64(int64(int32(value)));
    }
}
