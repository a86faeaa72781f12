// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title The trace of an epoch
/// @notice All transitions of a machine over the inputs of an epoch, one after the other. Each input takes 2^{INPUT_HEIGHT} of
/// them: its cycles, each of 2^{CYCLE_HEIGHT} steps of the microarchitecture. The first transition of an input also gives the
/// machine the input; the last one of a cycle also resets the microarchitecture. A height is the binary logarithm of a number
/// of transitions.
library Trace {
    /// @notice The height of one cycle of the machine.
    uint8 internal constant CYCLE_HEIGHT = 20;
    /// @notice The height of one input. It has as many cycles as the machine may take for it.
    uint8 internal constant INPUT_HEIGHT = CYCLE_HEIGHT + 38;
    /// @notice The most segments that one list divides a segment into, as a height. With 32 a game costs the least gas.
    uint8 internal constant MAX_LIST_HEIGHT = 5;

    /// @notice The height of an epoch.
    /// @param inputs How many inputs it has, at least 1. They are filled up to a power of two with ones that change nothing.
    /// @return height The height.
    function epochHeight(uint256 inputs) internal pure returns (uint8 height) {
        height = INPUT_HEIGHT;
        while (inputs > uint256(1) << (height - INPUT_HEIGHT)) ++height;
    }

    /// @notice Into how many segments a segment is divided, as a height. No list crosses from inputs into cycles, or from
    /// cycles into steps.
    /// @param segmentHeight The height of the segment, at least 1.
    /// @return The height of the list.
    function listHeight(uint8 segmentHeight) internal pure returns (uint8) {
        uint8 levelBelow = 0;
        if (segmentHeight > CYCLE_HEIGHT) levelBelow = CYCLE_HEIGHT;
        if (segmentHeight > INPUT_HEIGHT) levelBelow = INPUT_HEIGHT;
        uint8 height = segmentHeight - levelBelow;
        return height < MAX_LIST_HEIGHT ? height : MAX_LIST_HEIGHT;
    }

    /// @notice Whether the transition also gives the machine an input.
    /// @param position The transition's position in the epoch, from 0.
    /// @return Whether it does.
    function startsInput(uint256 position) internal pure returns (bool) {
        return position & ((1 << INPUT_HEIGHT) - 1) == 0;
    }

    /// @notice Whether the transition also resets the microarchitecture.
    /// @param position The transition's position in the epoch, from 0.
    /// @return Whether it does.
    function endsCycle(uint256 position) internal pure returns (bool) {
        return (position + 1) & ((1 << CYCLE_HEIGHT) - 1) == 0;
    }

    /// @notice Which input of the epoch a position belongs to.
    /// @param position The position in the epoch.
    /// @return The input's index in the epoch, from 0.
    function inputAt(uint256 position) internal pure returns (uint256) {
        return position >> INPUT_HEIGHT;
    }
}
