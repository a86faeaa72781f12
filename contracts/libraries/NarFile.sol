// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {NarHash} from "../types/NarHash.sol";

/// @title The NAR of one file
/// @notice The Nix archive of a store path that is a single non-executable file. A contract that has such a file's bytes can
/// compute the hash under which they were recorded.
library NarFile {
    /// @dev The strings `nix-archive-1`, `(`, `type`, `regular` and `contents`, each preceded by its length (8 bytes,
    /// little-endian) and padded to 8 bytes.
    bytes private constant HEAD =
        "\x0d\x00\x00\x00\x00\x00\x00\x00nix-archive-1\x00\x00\x00"
        "\x01\x00\x00\x00\x00\x00\x00\x00(\x00\x00\x00\x00\x00\x00\x00"
        "\x04\x00\x00\x00\x00\x00\x00\x00type\x00\x00\x00\x00"
        "\x07\x00\x00\x00\x00\x00\x00\x00regular\x00"
        "\x08\x00\x00\x00\x00\x00\x00\x00contents";
    /// @dev The string `)`.
    bytes private constant TAIL = "\x01\x00\x00\x00\x00\x00\x00\x00)\x00\x00\x00\x00\x00\x00\x00";

    /// @notice The NAR hash of a file.
    /// @param contents The file's bytes.
    /// @return The sha256 of its NAR.
    function hashOf(bytes memory contents) internal pure returns (NarHash) {
        bytes memory padding = new bytes((8 - contents.length % 8) % 8);
        bytes memory nar = abi.encodePacked(HEAD, _littleEndian(uint64(contents.length)), contents, padding, TAIL);
        return NarHash.wrap(sha256(nar));
    }

    function _littleEndian(uint64 number) private pure returns (bytes8) {
        uint64 reversed = 0;
        for (uint256 i = 0; i < 8; ++i) {
            reversed = (reversed << 8) | (number & 0xff);
            number >>= 8;
        }
        return bytes8(reversed);
    }
}
