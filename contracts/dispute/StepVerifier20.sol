// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IStepVerifier} from "./IStepVerifier.sol";
import {HashTree} from "./step/HashTree.sol";
import {Instruction} from "./step/Instruction.sol";
import {Interpreter} from "./step/Interpreter.sol";
import {MemoryWord} from "./step/MemoryWord.sol";
import {ProofReader} from "./step/ProofReader.sol";
import {Registers} from "./step/Registers.sol";
import {Status} from "./step/Status.sol";
import {Words} from "./step/Words.sol";

/// @title Computes the transitions of a machine of emulator 0.20
/// @notice See {IStepVerifier}.
contract StepVerifier20 is IStepVerifier {
    using HashTree for HashTree.Node;
    using ProofReader for ProofReader.Reader;
    using Registers for bytes;
    using Status for bytes;
    using Words for bytes;

    bytes32 private constant PRISTINE_UARCH = 0xa2f4f0018081d795e47c7feae9300055e8551eda5bd6473e54ca80ece64ea620;
    uint256 private constant UARCH_LEVEL = 22;
    /// @dev The upper half of the microarchitecture's part: 0x600000 to 0x7fffff.
    uint256 private constant UARCH_RAM_LEVEL = 21;
    uint256 private constant UARCH_RAM_INDEX = 3;

    uint256 private constant MAX_INPUT_BYTES = 1 << 21;
    /// @dev 0x60000000.
    uint256 private constant RECEIVE_BUFFER = 3 << 29;
    /// @dev 0x60800000.
    uint256 private constant TRANSMIT_BUFFER = 0xc1 << 23;
    /// @dev The level at which the way of the receive buffer meets that of the status.
    uint256 private constant RECEIVE_BUFFER_MEETING_LEVEL = 30;

    /// @dev What {checkTemplate} looks at, from 0x200 on: the status, the version of the machine and whether it can be
    /// reproduced.
    uint256 private constant CONSTANTS_POSITION = 1 << 9;
    uint256 private constant CONSTANTS_LEVEL = 9;
    uint256 private constant CONSTANTS_LENGTH = 512;
    uint256 private constant MARCHID = 18;
    uint256 private constant IUNREP = 30;
    uint256 private constant STATUS = 32;
    uint64 private constant EMULATOR_MARCHID = 20;

    /// @inheritdoc IStepVerifier
    function emulatorVersion() external pure returns (string memory) {
        return "0.20";
    }

    /// @inheritdoc IStepVerifier
    function pristineUarch() external pure returns (bytes32) {
        return PRISTINE_UARCH;
    }

    /// @inheritdoc IStepVerifier
    function maxInputBytes() external pure returns (uint256) {
        return MAX_INPUT_BYTES;
    }

    /// @inheritdoc IStepVerifier
    function step(bytes32 state, bytes calldata proof) external pure returns (bytes32) {
        ProofReader.Reader memory reader = ProofReader.open(proof);
        bytes memory registers = Registers.read(reader);
        bytes32 root = registers.root();
        HashTree.Node memory node = HashTree.Node(root, root, Registers.POSITION, Registers.LEVEL);
        if (registers.isStopped()) return node.finish(reader, state);

        (Instruction instruction, HashTree.Node memory ram) = _fetch(reader, registers.pc());
        HashTree.Node memory memoryNode = _execute(reader, registers, instruction, ram);
        node.to = registers.root();
        return _finishStep(reader, node, memoryNode, ram, state);
    }

    /// @inheritdoc IStepVerifier
    function reset(bytes32 state, bytes calldata proof) external pure returns (bytes32) {
        ProofReader.Reader memory reader = ProofReader.open(proof);
        bytes32 uarch = reader.readWord();
        return HashTree.Node(uarch, PRISTINE_UARCH, Registers.POSITION, UARCH_LEVEL).finish(reader, state);
    }

    /// @inheritdoc IStepVerifier
    function respond(bytes32 state, bytes calldata input, bytes calldata proof) external pure returns (bytes32) {
        if (input.length > MAX_INPUT_BYTES) revert InputTooLong(input.length);
        ProofReader.Reader memory reader = ProofReader.open(proof);
        bytes memory status = HashTree.toLeaves(reader.readBytes(Status.LENGTH));
        if (!status.isYielded(0)) revert NotWaiting();

        HashTree.Node memory node;
        (node.position, node.level) = (Status.POSITION, Status.LEVEL);
        node.from = HashTree.rootOf(status, Status.LEVEL);
        status.respond(input.length);
        node.to = HashTree.rootOf(status, Status.LEVEL);

        if (input.length == 0) return node.finish(reader, state);
        HashTree.Node memory buffer = _receive(reader, input);
        node.climb(reader, RECEIVE_BUFFER_MEETING_LEVEL);
        node.join(buffer.from, buffer.to);
        return node.finish(reader, state);
    }

    /// @inheritdoc IStepVerifier
    function isAccepted(bytes32 state, bytes calldata proof) external pure returns (bool) {
        ProofReader.Reader memory reader = ProofReader.open(proof);
        bytes memory status = HashTree.toLeaves(reader.readBytes(Status.LENGTH));
        bytes32 root = HashTree.rootOf(status, Status.LEVEL);
        HashTree.Node(root, root, Status.POSITION, Status.LEVEL).finish(reader, state);
        return status.isAccepted(0);
    }

    /// @inheritdoc IStepVerifier
    function outputsRoot(bytes32 state, bytes calldata proof) external pure returns (bytes32 root) {
        ProofReader.Reader memory reader = ProofReader.open(proof);
        root = reader.readWord();
        _leaf(root, TRANSMIT_BUFFER).finish(reader, state);
    }

    /// @inheritdoc IStepVerifier
    function checkTemplate(bytes32 state, bytes calldata proof) external pure {
        ProofReader.Reader memory reader = ProofReader.open(proof);
        bytes memory constants = HashTree.toLeaves(reader.readBytes(CONSTANTS_LENGTH));
        bytes32 root = HashTree.rootOf(constants, CONSTANTS_LEVEL);
        HashTree.Node memory node = HashTree.Node(root, root, CONSTANTS_POSITION, CONSTANTS_LEVEL);
        node.climb(reader, UARCH_LEVEL);
        node.join(PRISTINE_UARCH, PRISTINE_UARCH);
        node.finish(reader, state);
        bool isOfThisVersion = constants.get(MARCHID) == EMULATOR_MARCHID && constants.get(IUNREP) == 0;
        if (!isOfThisVersion || !constants.isAccepted(STATUS)) revert NotATemplate(state);
    }

    /// @dev The instruction at pc, and the microarchitecture's RAM, which it must be in.
    function _fetch(ProofReader.Reader memory reader, uint64 pc)
        private
        pure
        returns (Instruction, HashTree.Node memory ram)
    {
        if (pc >> UARCH_RAM_LEVEL != UARCH_RAM_INDEX || pc % 4 != 0) revert IllegalAddress(pc);
        bytes32 leaf = reader.readWord();
        ram = _leaf(leaf, pc);
        ram.climb(reader, UARCH_RAM_LEVEL);
        return (MemoryWord.fetch(leaf, pc), ram);
    }

    /// @dev Executes an instruction, and answers the memory that it touches, as the node whose sibling is the registers'
    /// ancestor; the microarchitecture's RAM if it touches nothing.
    function _execute(
        ProofReader.Reader memory reader,
        bytes memory registers,
        Instruction instruction,
        HashTree.Node memory ram
    ) private pure returns (HashTree.Node memory node) {
        (bool touches, uint64 target) = Interpreter.touched(registers, instruction);
        if (!touches) {
            Interpreter.execute(registers, instruction, 0, 0);
            return ram;
        }
        uint256 meetingLevel = Math.log2(target ^ Registers.POSITION);
        if (meetingLevel < Registers.LEVEL) revert IllegalAddress(target);
        bytes32 leaf = reader.readWord();
        node = _leaf(leaf, target);
        node.to = HashTree.leafHash(Interpreter.execute(registers, instruction, target, leaf));
        node.climb(reader, meetingLevel);
    }

    /// @dev Climbs from the registers to the root, past the instruction and what it touched.
    function _finishStep(
        ProofReader.Reader memory reader,
        HashTree.Node memory node,
        HashTree.Node memory memoryNode,
        HashTree.Node memory ram,
        bytes32 state
    ) private pure returns (bytes32) {
        if (memoryNode.level < UARCH_RAM_LEVEL) {
            node.climb(reader, memoryNode.level);
            node.join(memoryNode.from, memoryNode.to);
        } else if (memoryNode.level == UARCH_RAM_LEVEL) {
            // the instruction and what it touched are in the same RAM
            if (memoryNode.from != ram.from) revert InvalidProof();
            ram = memoryNode;
        }
        node.climb(reader, UARCH_RAM_LEVEL);
        node.join(ram.from, ram.to);
        if (memoryNode.level > UARCH_RAM_LEVEL) {
            node.climb(reader, memoryNode.level);
            node.join(memoryNode.from, memoryNode.to);
        }
        return node.finish(reader, state);
    }

    /// @dev The part of the receive buffer that an input fills.
    function _receive(ProofReader.Reader memory reader, bytes calldata input)
        private
        pure
        returns (HashTree.Node memory node)
    {
        uint256 level = Math.max(HashTree.LEAF_LEVEL, Math.log2(input.length, Math.Rounding.Ceil));
        bytes32 root = HashTree.rootOf(HashTree.toLeaves(input), level);
        node = HashTree.Node(reader.readWord(), root, RECEIVE_BUFFER, level);
        node.climb(reader, RECEIVE_BUFFER_MEETING_LEVEL);
    }

    function _leaf(bytes32 leaf, uint256 position) private pure returns (HashTree.Node memory) {
        bytes32 hash = HashTree.leafHash(leaf);
        return HashTree.Node(hash, hash, position, HashTree.LEAF_LEVEL);
    }
}
