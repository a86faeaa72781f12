// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {IStepVerifier} from "../IStepVerifier.sol";
import {ProofReader} from "./ProofReader.sol";
import {PRISTINE_NODES} from "./PristineNodes.sol";

/// @title The machine's hash tree
/// @notice keccak256 over 2^64 bytes. A node of level n covers 2^n bytes; the leaves are those of level 5, the root is that
/// of level 64.
library HashTree {
    using ProofReader for ProofReader.Reader;

    /// @notice A node before and after a transition, on its way to the root.
    /// @param from Its hash before.
    /// @param to Its hash after.
    /// @param position An address that it covers.
    /// @param level Its level.
    struct Node {
        bytes32 from;
        bytes32 to;
        uint256 position;
        uint256 level;
    }

    /// @notice The level of a leaf.
    uint256 internal constant LEAF_LEVEL = 5;
    /// @notice The level of the root.
    uint256 internal constant ROOT_LEVEL = 64;

    /// @notice Replaces a node by its ancestor of a level, with the siblings on the way there, from the proof: a bitmap,
    /// whose bit n says that the sibling of level n covers nothing but zeros, and then the hashes of the others, the lowest
    /// first.
    /// @param self The node.
    /// @param proof Where the siblings are next; nothing is read if there is none.
    /// @param top The ancestor's level.
    function climb(Node memory self, ProofReader.Reader memory proof, uint256 top) internal pure {
        uint256 level = self.level;
        if (level == top) return;
        (bytes32 from, bytes32 to, uint256 position) = (self.from, self.to, self.position);
        bool isChanged = from != to;
        bytes memory pristine = PRISTINE_NODES;
        uint256 omitted = proof.readUint64();
        if (omitted >> top != 0 || (omitted >> level) << level != omitted) revert IStepVerifier.InvalidProof();
        unchecked {
            for (; level < top; ++level) {
                bytes32 sibling = (omitted >> level) & 1 == 1 ? pristineNode(pristine, level) : proof.readWord();
                bool isRight = (position >> level) & 1 == 1;
                from = isRight
                    ? Hashes.efficientKeccak256(sibling, from)
                    : Hashes.efficientKeccak256(from, sibling);
                if (!isChanged) continue;
                to = isRight ? Hashes.efficientKeccak256(sibling, to) : Hashes.efficientKeccak256(to, sibling);
            }
        }
        (self.from, self.to, self.level) = (from, isChanged ? to : from, top);
    }

    /// @notice Replaces a node by its parent, whose other child is known.
    /// @param self The node.
    /// @param siblingFrom The other child's hash before.
    /// @param siblingTo Its hash after.
    function join(Node memory self, bytes32 siblingFrom, bytes32 siblingTo) internal pure {
        bool isRight = (self.position >> self.level) & 1 == 1;
        (self.from, self.to) = isRight
            ? (Hashes.efficientKeccak256(siblingFrom, self.from), Hashes.efficientKeccak256(siblingTo, self.to))
            : (Hashes.efficientKeccak256(self.from, siblingFrom), Hashes.efficientKeccak256(self.to, siblingTo));
        ++self.level;
    }

    /// @notice Climbs to the root, which ends the proof.
    /// @param self The node.
    /// @param proof Where the siblings are next.
    /// @param state The root before.
    /// @return The root after.
    function finish(Node memory self, ProofReader.Reader memory proof, bytes32 state) internal pure returns (bytes32) {
        climb(self, proof, ROOT_LEVEL);
        proof.requireEnd();
        if (self.from != state) revert IStepVerifier.InvalidProof();
        return self.to;
    }

    /// @notice The hash of a leaf.
    /// @param leaf Its 32 bytes.
    /// @return hash The hash.
    function leafHash(bytes32 leaf) internal pure returns (bytes32 hash) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(0, leaf)
            hash := keccak256(0, 32)
        }
    }

    /// @notice The hash of a node that starts with some bytes and goes on with zeros.
    /// @param data The bytes: at least one and at most 2^`top`; a multiple of 32.
    /// @param top The node's level.
    /// @return root The hash.
    function rootOf(bytes memory data, uint256 top) internal pure returns (bytes32 root) {
        bytes memory pristine = PRISTINE_NODES;
        uint256 count = data.length / 32;
        // one more for the sibling of the last, which an odd count of nodes lacks
        bytes32[] memory nodes = new bytes32[](count + 1);
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            for { let offset := mul(count, 32) } offset { offset := sub(offset, 32) } {
                mstore(add(nodes, offset), keccak256(add(data, offset), 32))
            }
        }
        for (uint256 level = LEAF_LEVEL; level < top; ++level) {
            nodes[count] = pristineNode(pristine, level);
            count = (count + 1) / 2;
            // solhint-disable-next-line no-inline-assembly
            assembly ("memory-safe") {
                let source := add(nodes, 32)
                let destination := source
                for { let end := add(source, mul(count, 64)) } lt(source, end) { source := add(source, 64) } {
                    mstore(destination, keccak256(source, 64))
                    destination := add(destination, 32)
                }
            }
        }
        return nodes[0];
    }

    /// @notice Copies bytes into memory.
    /// @param data The bytes.
    /// @return leaves They, with zeros behind them up to a multiple of 32.
    function toLeaves(bytes calldata data) internal pure returns (bytes memory leaves) {
        leaves = new bytes((data.length + 31) & ~uint256(31));
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            calldatacopy(add(leaves, 32), data.offset, data.length)
        }
    }

    /// @notice The hash of a node that covers nothing but zeros.
    /// @param nodes {PRISTINE_NODES}.
    /// @param level Its level, from 5 to 63.
    /// @return hash The hash.
    function pristineNode(bytes memory nodes, uint256 level) internal pure returns (bytes32 hash) {
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            hash := mload(add(nodes, mul(32, sub(level, 4))))
        }
    }
}
