// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Words} from "./Words.sol";

/// @title What the machine waits for
/// @notice 64 bytes of the machine's memory hold, among others, whether it has yielded (Y) or halted (H), and the registers
/// in which it says why and is answered (tohost, fromhost). They are found in bytes of which they are a part, from a word of
/// 8 bytes on.
library Status {
    using Words for bytes;

    /// @notice Where it is: 0x300.
    uint256 internal constant POSITION = 12 << 6;
    /// @notice The level of its node.
    uint256 internal constant LEVEL = 6;
    /// @notice How many bytes it has.
    uint256 internal constant LENGTH = 64;

    uint256 private constant YIELDED = 0;
    uint256 private constant HALTED = 1;
    uint256 private constant TO_HOST = 5;
    uint256 private constant FROM_HOST = 6;

    /// @dev Device: yield; command: manual; reason: the input was accepted; data: the length of an outputs root.
    uint64 private constant ACCEPTED = 0x0201000100000020;

    /// @notice Whether the machine waits for a response.
    /// @param self Some bytes.
    /// @param first The word at which the status begins in them.
    /// @return Whether it has yielded.
    function isYielded(bytes memory self, uint256 first) internal pure returns (bool) {
        return self.get(first + YIELDED) == 1;
    }

    /// @notice Whether the machine waits because it has accepted an input, with an outputs root in its transmit buffer.
    /// @param self Some bytes.
    /// @param first The word at which the status begins in them.
    /// @return Whether it does.
    function isAccepted(bytes memory self, uint256 first) internal pure returns (bool) {
        return isYielded(self, first) && self.get(first + HALTED) == 0 && self.get(first + TO_HOST) == ACCEPTED;
    }

    /// @notice Ends the wait with an input.
    /// @param self The status.
    /// @param length The input's length in bytes, which leaves the upper half of the register to the reason: 0, an input.
    function respond(bytes memory self, uint256 length) internal pure {
        self.set(FROM_HOST, uint64(length));
        self.set(YIELDED, 0);
    }
}
