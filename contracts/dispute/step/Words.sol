// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";

// Solidity reads single bytes of memory, or copies.
// solhint-disable no-inline-assembly

/// @title Numbers of 64 bits in bytes
/// @notice As the machine keeps them: one after another, the least significant byte first.
/// @dev A number is the end of a word of memory; the first number's word begins within the length of the bytes.
library Words {
    /// @notice Reads a number.
    /// @param self The bytes.
    /// @param index How many numbers are before it; it must be within the bytes.
    /// @return The number.
    function get(bytes memory self, uint256 index) internal pure returns (uint64) {
        uint256 word;
        assembly ("memory-safe") {
            word := mload(add(add(self, 8), mul(index, 8)))
        }
        return uint64(Bytes.reverseBytes8(bytes8(uint64(word))));
    }

    /// @notice Writes a number.
    /// @param self The bytes.
    /// @param index How many numbers are before it; it must be within the bytes.
    /// @param value The number.
    function set(bytes memory self, uint256 index, uint64 value) internal pure {
        uint256 reversed = uint64(Bytes.reverseBytes8(bytes8(value)));
        assembly ("memory-safe") {
            let place := add(add(self, 8), mul(index, 8))
            mstore(place, or(shl(64, shr(64, mload(place))), reversed))
        }
    }
}
