// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

// An instruction of RISC-V, of 32 bits; the names are those of its specification.

type Instruction is uint32;

uint32 constant SIGN = 1 << 31;

using {opcode, rd, rs1, rs2, funct3, funct7, immediateI, immediateS, immediateB, immediateU, immediateJ} for Instruction global;

/// @notice The kind of instruction.
/// @param self The instruction.
/// @return Bits 0 to 6.
function opcode(Instruction self) pure returns (uint256) {
    return Instruction.unwrap(self) & 0x7f;
}

/// @notice The register that it writes.
/// @param self The instruction.
/// @return Bits 7 to 11.
function rd(Instruction self) pure returns (uint256) {
    return (Instruction.unwrap(self) >> 7) & 0x1f;
}

/// @notice The first register that it reads.
/// @param self The instruction.
/// @return Bits 15 to 19.
function rs1(Instruction self) pure returns (uint256) {
    return (Instruction.unwrap(self) >> 15) & 0x1f;
}

/// @notice The second register that it reads.
/// @param self The instruction.
/// @return Bits 20 to 24.
function rs2(Instruction self) pure returns (uint256) {
    return (Instruction.unwrap(self) >> 20) & 0x1f;
}

/// @notice What it does within its kind.
/// @param self The instruction.
/// @return Bits 12 to 14.
function funct3(Instruction self) pure returns (uint256) {
    return (Instruction.unwrap(self) >> 12) & 7;
}

/// @notice What it does in detail.
/// @param self The instruction.
/// @return Bits 25 to 31.
function funct7(Instruction self) pure returns (uint256) {
    return Instruction.unwrap(self) >> 25;
}

/// @notice The immediate of a computation, a load or JALR.
/// @param self The instruction.
/// @return 12 bits, sign-extended.
function immediateI(Instruction self) pure returns (uint64) {
    return _signed(int32(Instruction.unwrap(self)) >> 20);
}

/// @notice The immediate of a store.
/// @param self The instruction.
/// @return 12 bits, sign-extended.
function immediateS(Instruction self) pure returns (uint64) {
    return _signed(((int32(Instruction.unwrap(self)) >> 25) << 5) | int32(uint32(self.rd())));
}

/// @notice The immediate of a branch, in bytes.
/// @param self The instruction.
/// @return 13 bits, sign-extended.
function immediateB(Instruction self) pure returns (uint64) {
    uint32 word = Instruction.unwrap(self);
    uint32 low = ((word >> 7) & 0x1e) | ((word >> 20) & 0x7e0) | ((word & 0x80) << 4);
    return _signed((int32(word & SIGN) >> 19) | int32(low));
}

/// @notice The immediate of LUI and AUIPC.
/// @param self The instruction.
/// @return 32 bits, the lower 12 of them zero, sign-extended.
function immediateU(Instruction self) pure returns (uint64) {
    return _signed(int32(Instruction.unwrap(self) & 0xfffff000));
}

/// @notice The immediate of JAL, in bytes.
/// @param self The instruction.
/// @return 21 bits, sign-extended.
function immediateJ(Instruction self) pure returns (uint64) {
    uint32 word = Instruction.unwrap(self);
    uint32 low = ((word >> 20) & 0x7fe) | ((word >> 9) & 0x800) | (word & 0xff000);
    return _signed((int32(word & SIGN) >> 11) | int32(low));
}

function _signed(int32 value) pure returns (uint64) {
    return uint64(int64(value));
}
