// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {IStepVerifier} from "../IStepVerifier.sol";

// Solidity checks the bounds of each slice; here they are checked once, at the end.
// solhint-disable no-inline-assembly

/// @title Reads a proof from its first byte to its last
/// @notice Beyond the end it reads whatever is there, so nothing of a proof is true before {requireEnd}.
library ProofReader {
    /// @notice A proof and how far it has been read.
    /// @param position Where the next byte is in the call data.
    /// @param end Where the proof ends there.
    struct Reader {
        uint256 position;
        uint256 end;
    }

    /// @notice Starts to read a proof.
    /// @param proof The proof.
    /// @return reader It, at its first byte.
    function open(bytes calldata proof) internal pure returns (Reader memory reader) {
        assembly ("memory-safe") {
            mstore(reader, proof.offset)
            mstore(add(reader, 32), add(proof.offset, proof.length))
        }
    }

    /// @notice Reads 32 bytes.
    /// @param self The proof.
    /// @return word The bytes.
    function readWord(Reader memory self) internal pure returns (bytes32 word) {
        assembly ("memory-safe") {
            let position := mload(self)
            word := calldataload(position)
            mstore(self, add(position, 32))
        }
    }

    /// @notice Reads 8 bytes, the most significant one first.
    /// @param self The proof.
    /// @return value The number.
    function readUint64(Reader memory self) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            let position := mload(self)
            value := shr(192, calldataload(position))
            mstore(self, add(position, 8))
        }
    }

    /// @notice Reads some bytes.
    /// @param self The proof.
    /// @param length How many.
    /// @return data The bytes, where they are.
    function readBytes(Reader memory self, uint256 length) internal pure returns (bytes calldata data) {
        assembly ("memory-safe") {
            data.offset := mload(self)
            data.length := length
            mstore(self, add(data.offset, length))
        }
    }

    /// @notice Reverts unless the proof was read to its end and not beyond.
    /// @param self The proof.
    function requireEnd(Reader memory self) internal pure {
        if (self.position != self.end) revert IStepVerifier.InvalidProof();
    }
}
