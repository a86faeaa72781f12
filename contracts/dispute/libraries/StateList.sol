// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title A list of states that divides a segment of a trace
/// @notice The chain keeps its Merkle root alone. Its leaves are pairs, the state before each part and the one after it, so
/// that one proof shows both ends of a part.
library StateList {
    /// @notice A part of a list.
    /// @param index Its index, from 0.
    /// @param start The state before it.
    /// @param end The state after it.
    /// @param siblings The path from its leaf to the list's root, the lowest first.
    struct Part {
        uint256 index;
        bytes32 start;
        bytes32 end;
        bytes32[] siblings;
    }

    /// @notice The part is not in the list.
    error NotInList(uint256 index);
    /// @notice The list does not have as many states as it must have here.
    error WrongListLength(uint256 length, uint256 expected);

    /// @notice The root of a list.
    /// @param start The state before its first part.
    /// @param states The state after each part; their number is a power of two.
    /// @return root The root.
    function rootOf(bytes32 start, bytes32[] calldata states) internal pure returns (bytes32 root) {
        // In Solidity it would take three times the gas: a third of that of a move.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            // First the states one after the other, so that a leaf is the hash of the 64 bytes from its own place on. Then
            // each level is written over the one below.
            let nodes := mload(0x40)
            mstore(nodes, start)
            calldatacopy(add(nodes, 32), states.offset, shl(5, states.length))
            let end := add(nodes, shl(5, states.length))
            for { let node := nodes } lt(node, end) { node := add(node, 32) } {
                mstore(node, keccak256(node, 64))
            }
            for { let length := shr(1, states.length) } length { length := shr(1, length) } {
                end := add(nodes, shl(5, length))
                let pair := nodes
                for { let node := nodes } lt(node, end) { node := add(node, 32) } {
                    mstore(node, keccak256(pair, 64))
                    pair := add(pair, 64)
                }
            }
            root := mload(nodes)
        }
    }

    /// @notice Reverts unless the part belongs to the list.
    /// @param part The part.
    /// @param root The list's root.
    /// @param height The binary logarithm of its number of parts.
    function requirePart(Part calldata part, bytes32 root, uint8 height) internal pure {
        bytes32 node = parentOf(part.start, part.end);
        uint256 index = part.index;
        for (uint256 i = 0; i < part.siblings.length; ++i) {
            node = index & 1 == 0 ? parentOf(node, part.siblings[i]) : parentOf(part.siblings[i], node);
            index >>= 1;
        }
        if (part.siblings.length != height || index != 0 || node != root) revert NotInList(part.index);
    }

    /// @notice The node above two nodes.
    /// @param left The left one.
    /// @param right The right one.
    /// @return node keccak256 of both.
    function parentOf(bytes32 left, bytes32 right) internal pure returns (bytes32 node) {
        // Solidity would copy both into fresh memory.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(0, left)
            mstore(32, right)
            node := keccak256(0, 64)
        }
    }
}
