// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Rows that never change, kept as the code of an account that cannot be called
/// @notice A byte of code costs 200 gas once, a byte of a fresh storage slot 690: what is written once and for ever belongs here.
/// @dev The code is a STOP, the block time (5 bytes), then the rows: NAR hash (32 bytes), inputs hash (20), NAR size (6).
library RowCode {
    uint256 private constant HEADER_LENGTH = 6;
    uint256 private constant ROW_LENGTH = 58;
    /// @dev `PUSH2 length DUP1 PUSH1 10 PUSH0 CODECOPY PUSH0 RETURN`, ten bytes that return all that follows them.
    uint256 private constant CONSTRUCTOR = 0x61_0000_80_60_0a_5f_39_5f_f3;
    uint256 private constant CONSTRUCTOR_LENGTH = 10;

    /// @notice Rows in memory, before they become code.
    struct Draft {
        uint256 start;
        uint256 count;
    }

    /// @notice The account could not be made.
    error RowsNotStored();

    /// @notice Sets memory aside for up to `capacity` rows.
    function draft(uint256 capacity) internal pure returns (Draft memory rows) {
        // Rows are written in two whole words, 6 bytes longer than a row.
        bytes memory space = new bytes(CONSTRUCTOR_LENGTH + HEADER_LENGTH + capacity * ROW_LENGTH + 6);
        assembly ("memory-safe") {
            mstore(rows, add(space, 32))
        }
    }

    function append(Draft memory rows, bytes32 narHash, bytes20 inputsHash, uint48 narSize) internal pure {
        uint256 place = rows.start + CONSTRUCTOR_LENGTH + HEADER_LENGTH + rows.count * ROW_LENGTH;
        rows.count++;
        assembly ("memory-safe") {
            mstore(place, narHash)
            mstore(add(place, 32), or(inputsHash, shl(48, narSize)))
        }
    }

    /// @notice Makes the rows an account's code; the address is that account's.
    function store(Draft memory rows) internal returns (address code) {
        uint256 length = HEADER_LENGTH + rows.count * ROW_LENGTH;
        uint256 start = rows.start;
        uint256 head = ((CONSTRUCTOR | (length << 56)) << 48) | uint40(block.timestamp);
        assembly ("memory-safe") {
            mstore(start, or(shl(128, head), and(mload(start), sub(shl(128, 1), 1))))
            code := create(0, start, add(CONSTRUCTOR_LENGTH, length))
        }
        if (code == address(0)) revert RowsNotStored();
    }

    function narHashAt(address code, uint256 row) internal view returns (bytes32 narHash) {
        assembly ("memory-safe") {
            extcodecopy(code, 0, add(HEADER_LENGTH, mul(row, ROW_LENGTH)), 32)
            narHash := mload(0)
        }
    }

    function rowAt(address code, uint256 row)
        internal
        view
        returns (bytes32 narHash, bytes20 inputsHash, uint48 narSize, uint40 recordedAt)
    {
        assembly ("memory-safe") {
            extcodecopy(code, 0, add(HEADER_LENGTH, mul(row, ROW_LENGTH)), ROW_LENGTH)
            narHash := mload(0)
            let rest := mload(32)
            inputsHash := and(rest, not(sub(shl(96, 1), 1)))
            narSize := and(shr(48, rest), 0xffffffffffff)
            extcodecopy(code, 0, 1, 5)
            recordedAt := shr(216, mload(0))
        }
    }
}
