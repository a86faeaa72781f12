// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IStepVerifier} from "../IStepVerifier.sol";
import {Arithmetic} from "./Arithmetic.sol";
import {Ecall} from "./Ecall.sol";
import {Instruction} from "./Instruction.sol";
import {MemoryWord} from "./MemoryWord.sol";
import {Registers} from "./Registers.sol";

/// @title Executes an instruction of the microarchitecture
/// @notice RV64I without EBREAK. What is no such instruction reverts. Addresses wrap around at 2^64.
library Interpreter {
    using Registers for bytes;

    uint256 private constant LOAD = 0x03;
    uint256 private constant FENCE = 0x0f;
    uint256 private constant OP_IMM = 0x13;
    uint256 private constant AUIPC = 0x17;
    uint256 private constant OP_IMM_32 = 0x1b;
    uint256 private constant STORE = 0x23;
    uint256 private constant OP = 0x33;
    uint256 private constant LUI = 0x37;
    uint256 private constant OP_32 = 0x3b;
    uint256 private constant BRANCH = 0x63;
    uint256 private constant JALR = 0x67;
    uint256 private constant JAL = 0x6f;

    uint32 private constant ECALL = 0x73;

    uint256 private constant BEQ = 0;
    uint256 private constant BNE = 1;
    uint256 private constant BLT = 4;
    uint256 private constant BGE = 5;
    uint256 private constant BLTU = 6;
    uint256 private constant BGEU = 7;

    /// @notice Whether an instruction reads or writes memory, beside the registers and itself.
    /// @param registers The registers.
    /// @param instruction The instruction.
    /// @return touches Whether it does.
    /// @return target The first byte's address; all are within one leaf.
    function touched(bytes memory registers, Instruction instruction)
        internal
        pure
        returns (bool touches, uint64 target)
    {
        uint256 opcode = instruction.opcode();
        if (opcode == LOAD || opcode == STORE) {
            uint64 offset = opcode == LOAD ? instruction.immediateI() : instruction.immediateS();
            target = uint64(uint256(registers.x(instruction.rs1())) + offset);
            MemoryWord.requireAligned(instruction, target);
            return (true, target);
        }
        touches = Instruction.unwrap(instruction) == ECALL && Ecall.writesTlb(registers);
        if (touches) target = Ecall.tlbSlot(registers);
    }

    /// @notice Executes an instruction: changes the registers, and the leaf that it touches.
    /// @param registers The registers.
    /// @param instruction The instruction.
    /// @param target What it touches.
    /// @param leaf That leaf; anything if it touches none.
    /// @return The leaf afterwards.
    function execute(bytes memory registers, Instruction instruction, uint64 target, bytes32 leaf)
        internal
        pure
        returns (bytes32)
    {
        registers.countCycle();
        if (Instruction.unwrap(instruction) == ECALL) {
            if (Ecall.writesTlb(registers)) leaf = Ecall.tlbEntry(registers);
            Ecall.execute(registers);
            return leaf;
        }
        uint64 next = _next(registers, instruction);
        if (instruction.opcode() == STORE) {
            leaf = MemoryWord.store(instruction, leaf, target, registers.x(instruction.rs2()));
        } else if (_hasResult(instruction)) {
            registers.setX(instruction.rd(), _result(registers, instruction, target, leaf));
        }
        registers.jump(next);
        return leaf;
    }

    function _hasResult(Instruction instruction) private pure returns (bool) {
        uint256 opcode = instruction.opcode();
        if (opcode != FENCE) return opcode != BRANCH;
        if (instruction.funct3() != 0) revert IStepVerifier.IllegalInstruction(Instruction.unwrap(instruction));
        return false;
    }

    /// @dev What is written to rd.
    function _result(bytes memory registers, Instruction instruction, uint64 target, bytes32 leaf)
        private
        pure
        returns (uint64)
    {
        uint256 opcode = instruction.opcode();
        if (opcode == LUI) return instruction.immediateU();
        if (opcode == AUIPC) return uint64(uint256(registers.pc()) + instruction.immediateU());
        if (opcode == JAL || opcode == JALR) return uint64(uint256(registers.pc()) + 4);
        if (opcode == LOAD) return MemoryWord.load(instruction, leaf, target);
        return _computed(registers, instruction, opcode);
    }

    function _computed(bytes memory registers, Instruction instruction, uint256 opcode) private pure returns (uint64) {
        uint64 a = registers.x(instruction.rs1());
        if (opcode == OP_IMM) return Arithmetic.withImmediate(instruction, a);
        if (opcode == OP_IMM_32) return Arithmetic.withImmediate32(instruction, a);
        uint64 b = registers.x(instruction.rs2());
        if (opcode == OP) return Arithmetic.withRegister(instruction, a, b);
        if (opcode == OP_32) return Arithmetic.withRegister32(instruction, a, b);
        revert IStepVerifier.IllegalInstruction(Instruction.unwrap(instruction));
    }

    /// @dev Where the next instruction is.
    function _next(bytes memory registers, Instruction instruction) private pure returns (uint64) {
        uint256 pc = registers.pc();
        uint256 opcode = instruction.opcode();
        if (opcode == JAL) return uint64(pc + instruction.immediateJ());
        if (opcode == JALR) {
            if (instruction.funct3() != 0) revert IStepVerifier.IllegalInstruction(Instruction.unwrap(instruction));
            return uint64(uint256(registers.x(instruction.rs1())) + instruction.immediateI()) & ~uint64(1);
        }
        bool isTaken = opcode == BRANCH && _isTaken(registers, instruction);
        return uint64(pc + (isTaken ? instruction.immediateB() : 4));
    }

    function _isTaken(bytes memory registers, Instruction instruction) private pure returns (bool) {
        (uint64 a, uint64 b) = (registers.x(instruction.rs1()), registers.x(instruction.rs2()));
        uint256 condition = instruction.funct3();
        if (condition == BEQ) return a == b;
        if (condition == BNE) return a != b;
        if (condition == BLT) return int64(a) < int64(b);
        if (condition == BGE) return !(int64(a) < int64(b));
        if (condition == BLTU) return a < b;
        if (condition == BGEU) return !(a < b);
        revert IStepVerifier.IllegalInstruction(Instruction.unwrap(instruction));
    }
}
