// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

// Solidity cannot read a calldata string a word at a time.
// solhint-disable no-inline-assembly

/// @title The store paths and names that Nix accepts
/// @notice Answers true or false and never reverts.
/// @dev The 32 characters of a word are checked at once. A set of characters is given by the places where its ranges begin and
/// end: a character is in the set if it has passed an odd number of them. With the top bit of each byte set, `byte - place` keeps
/// that bit if `byte >= place`, no byte ever borrows from its neighbour, and XOR over all places leaves the parity in the bit.
library NixPath {
    uint256 private constant PREFIX_LENGTH = 11;
    uint256 private constant DASH_PLACE = 43;
    uint256 private constant NAME_PLACE = 44;
    uint256 private constant MAX_NAME_LENGTH = 211;

    uint256 private constant ONES = 0x0101010101010101010101010101010101010101010101010101010101010101;
    uint256 private constant TOP_BITS = 0x8080808080808080808080808080808080808080808080808080808080808080;

    /// @notice Whether a text is `/nix/store/<32 characters of base 32>-<name>`.
    /// @param path The text.
    /// @return Whether it is.
    function isStorePath(string calldata path) internal pure returns (bool) {
        uint256 length = bytes(path).length;
        if (length < NAME_PLACE + 1) return false;
        uint256 start = _start(path);
        unchecked {
            if (bytes11(_word(start)) != "/nix/store/") return false;
            if (bytes1(_word(start + DASH_PLACE)) != "-") return false;
            if (!_isBase32(uint256(_word(start + PREFIX_LENGTH)))) return false;
            return _isName(start + NAME_PLACE, length - NAME_PLACE);
        }
    }

    /// @notice Whether a text is a store path whose name ends in `.drv` and has more than these four characters.
    /// @param path The text.
    /// @return Whether it is.
    function isDerivationPath(string calldata path) internal pure returns (bool) {
        uint256 length = bytes(path).length;
        if (length < NAME_PLACE + 5) return false;
        unchecked {
            return bytes4(_word(_start(path) + length - 4)) == ".drv" && isStorePath(path);
        }
    }

    /// @notice Whether a text may be the name of a store path or of an output.
    /// @param name The text.
    /// @return Whether it may.
    function isName(string calldata name) internal pure returns (bool) {
        return _isName(_start(name), bytes(name).length);
    }

    function _isName(uint256 start, uint256 length) private pure returns (bool) {
        if (length == 0 || length > MAX_NAME_LENGTH) return false;
        bytes32 first = _word(start);
        if (first[0] == "." && _isForbiddenDotName(first, length)) return false;
        unchecked {
            for (; length > 32; length -= 32) {
                if (!_isNameWord(uint256(_word(start)))) return false;
                start += 32;
            }
            uint256 beyond = type(uint256).max >> (length * 8);
            return _isNameWord((uint256(_word(start)) & ~beyond) | (ONES * 0x61 & beyond));
        }
    }

    /// @dev Whether a name that starts with a dot is `.` or `..`, or starts with `.-` or `..-`.
    function _isForbiddenDotName(bytes32 name, uint256 length) private pure returns (bool) {
        if (length == 1 || name[1] == "-") return true;
        return name[1] == "." && (length == 2 || name[2] == "-");
    }

    /// @dev `0-9 a-d f-n p-s v-z`: Nix's base 32 has no e, o, t and u.
    function _isBase32(uint256 word) private pure returns (bool) {
        unchecked {
            uint256 high = word | TOP_BITS;
            uint256 parity = (high - ONES * 0x30) ^ (high - ONES * 0x3a);
            parity ^= (high - ONES * 0x61) ^ (high - ONES * 0x65);
            parity ^= (high - ONES * 0x66) ^ (high - ONES * 0x6f);
            parity ^= (high - ONES * 0x70) ^ (high - ONES * 0x74);
            parity ^= (high - ONES * 0x76) ^ (high - ONES * 0x7b);
            return parity & ~word & TOP_BITS == TOP_BITS;
        }
    }

    /// @dev `+ - . 0-9 = ? A-Z _ a-z`.
    function _isNameWord(uint256 word) private pure returns (bool) {
        unchecked {
            uint256 high = word | TOP_BITS;
            uint256 parity = (high - ONES * 0x2b) ^ (high - ONES * 0x2c);
            parity ^= (high - ONES * 0x2d) ^ (high - ONES * 0x2f);
            parity ^= (high - ONES * 0x30) ^ (high - ONES * 0x3a);
            parity ^= (high - ONES * 0x3d) ^ (high - ONES * 0x3e);
            parity ^= (high - ONES * 0x3f) ^ (high - ONES * 0x40);
            parity ^= (high - ONES * 0x41) ^ (high - ONES * 0x5b);
            parity ^= (high - ONES * 0x5f) ^ (high - ONES * 0x60);
            parity ^= (high - ONES * 0x61) ^ (high - ONES * 0x7b);
            return parity & ~word & TOP_BITS == TOP_BITS;
        }
    }

    function _start(string calldata text) private pure returns (uint256 start) {
        assembly ("memory-safe") {
            start := text.offset
        }
    }

    function _word(uint256 start) private pure returns (bytes32 word) {
        assembly ("memory-safe") {
            word := calldataload(start)
        }
    }
}
