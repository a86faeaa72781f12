// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {HashTree} from "./HashTree.sol";
import {ProofReader} from "./ProofReader.sol";
import {Words} from "./Words.sol";

/// @title The registers of the microarchitecture
/// @notice As they are in the machine's memory: the halt flag, the cycle, pc, and x0 to x31, each of 8 bytes, the least
/// significant one first. In the hash tree they are one node, with zeros behind them.
library Registers {
    using ProofReader for ProofReader.Reader;
    using Words for bytes;

    /// @notice Where they are: 0x400000.
    uint256 internal constant POSITION = 1 << 22;
    /// @notice The level of their node.
    uint256 internal constant LEVEL = 9;
    /// @notice The last cycle in which the microarchitecture executes an instruction.
    uint64 internal constant LAST_CYCLE = (1 << 20) - 1;

    uint256 private constant LENGTH = 280;
    uint256 private constant HALT_FLAG = 0;
    uint256 private constant CYCLE = 1;
    uint256 private constant PC = 2;
    uint256 private constant X0 = 3;

    /// @notice Reads the registers from a proof.
    /// @param proof Where they are next: 280 bytes.
    /// @return registers The registers.
    function read(ProofReader.Reader memory proof) internal pure returns (bytes memory registers) {
        return HashTree.toLeaves(proof.readBytes(LENGTH));
    }

    /// @notice The hash of the registers' node.
    /// @param self The registers.
    /// @return The hash.
    function root(bytes memory self) internal pure returns (bytes32) {
        return HashTree.rootOf(self, LEVEL);
    }

    /// @notice Whether there is nothing left to do before the next reset.
    /// @param self The registers.
    /// @return Whether it is halted or has run through its cycles.
    function isStopped(bytes memory self) internal pure returns (bool) {
        return self.get(HALT_FLAG) != 0 || self.get(CYCLE) > LAST_CYCLE;
    }

    /// @notice Sets the halt flag.
    /// @param self The registers.
    function halt(bytes memory self) internal pure {
        self.set(HALT_FLAG, 1);
    }

    /// @notice Counts a cycle.
    /// @param self The registers.
    function countCycle(bytes memory self) internal pure {
        self.set(CYCLE, self.get(CYCLE) + 1);
    }

    /// @notice Where the next instruction is.
    /// @param self The registers.
    /// @return Its address.
    function pc(bytes memory self) internal pure returns (uint64) {
        return self.get(PC);
    }

    /// @notice Goes on at another instruction.
    /// @param self The registers.
    /// @param target Its address.
    function jump(bytes memory self, uint64 target) internal pure {
        self.set(PC, target);
    }

    /// @notice The value of x0 to x31.
    /// @param self The registers.
    /// @param index From 0 to 31.
    /// @return The value.
    function x(bytes memory self, uint256 index) internal pure returns (uint64) {
        return self.get(X0 + index);
    }

    /// @notice Sets x1 to x31; x0 never changes.
    /// @param self The registers.
    /// @param index From 0 to 31.
    /// @param value The value.
    function setX(bytes memory self, uint256 index, uint64 value) internal pure {
        if (index != 0) self.set(X0 + index, value);
    }
}
