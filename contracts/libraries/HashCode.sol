// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// Solidity cannot read a part of an account's code, nor write into the middle of a byte string.
// solhint-disable no-inline-assembly

/// @title Immutable hashes, stored as the code of accounts that do nothing when called
/// @notice A byte of code costs 200 gas, a byte of a new storage slot 690: data that is written once is cheaper here.
/// @dev The code is a STOP, the block time (5 bytes), then the hashes. An account's address follows from its creator's nonce,
/// so 5 bytes are enough to find it, instead of 20.
library HashCode {
    /// @notice Hashes in memory, before they are stored.
    struct Draft {
        uint256 start;
        uint256 count;
    }

    uint256 private constant HEADER_LENGTH = 6;
    /// @dev `PUSH2 length DUP1 PUSH1 10 PUSH0 CODECOPY PUSH0 RETURN`, ten bytes that return everything after them.
    uint256 private constant CONSTRUCTOR = 0x61_0000_80_60_0a_5f_39_5f_f3;
    uint256 private constant CONSTRUCTOR_LENGTH = 10;

    /// @notice The account could not be created, or its address does not follow from the nonce.
    error HashesNotStored();

    /// @notice Stores the hashes as the code of a new account.
    /// @param hashes The draft; it must not be used again.
    /// @param nonce The number of accounts that this contract has created, including this one: 1 for the first.
    function store(Draft memory hashes, uint256 nonce) internal {
        uint256 length = HEADER_LENGTH + hashes.count * 32;
        uint256 start = hashes.start;
        // The time is informational; nothing here depends on it.
        // solhint-disable-next-line not-rely-on-time
        uint256 head = ((CONSTRUCTOR | (length << 56)) << 48) | uint40(block.timestamp);
        address account;
        assembly ("memory-safe") {
            mstore(start, or(shl(128, head), and(mload(start), sub(shl(128, 1), 1))))
            account := create(0, start, add(CONSTRUCTOR_LENGTH, length))
        }
        if (account == address(0) || account != accountOf(nonce)) revert HashesNotStored();
    }

    /// @notice Reads a hash.
    /// @param nonce The number of the account, from 1.
    /// @param place The index of the hash in it, from 0.
    /// @return hash The hash; zero beyond the end.
    function hashAt(uint256 nonce, uint256 place) internal view returns (bytes32 hash) {
        address account = accountOf(nonce);
        assembly ("memory-safe") {
            extcodecopy(account, 0, add(HEADER_LENGTH, mul(place, 32)), 32)
            hash := mload(0)
        }
    }

    /// @notice Reads when an account was created.
    /// @param nonce The number of the account, from 1.
    /// @return time The block time in seconds since 1970.
    function timeOf(uint256 nonce) internal view returns (uint40 time) {
        address account = accountOf(nonce);
        assembly ("memory-safe") {
            extcodecopy(account, 0, 1, 5)
            time := shr(216, mload(0))
        }
    }

    /// @notice Computes the address of an account.
    /// @dev The last 20 bytes of keccak256(RLP([this contract, nonce])).
    /// @param nonce The number of the account, from 1.
    /// @return Its address, whether or not it exists.
    function accountOf(uint256 nonce) internal view returns (address) {
        if (nonce < 0x80) return _last20(keccak256(abi.encodePacked(hex"d694", address(this), uint8(nonce))));
        uint256 length = 1;
        while (nonce >> (8 * length) != 0) ++length;
        bytes32 aligned = bytes32(nonce << (256 - 8 * length));
        bytes memory rlp = abi.encodePacked(uint8(0xd6 + length), hex"94", address(this), uint8(0x80 + length), aligned);
        bytes32 digest;
        assembly ("memory-safe") {
            digest := keccak256(add(rlp, 32), add(23, length))
        }
        return _last20(digest);
    }

    /// @notice Reserves memory for hashes.
    /// @param capacity How many hashes can be added.
    /// @return hashes An empty draft.
    function draft(uint256 capacity) internal pure returns (Draft memory hashes) {
        bytes memory space = new bytes(CONSTRUCTOR_LENGTH + HEADER_LENGTH + capacity * 32);
        assembly ("memory-safe") {
            mstore(hashes, add(space, 32))
        }
    }

    /// @notice Adds a hash. The capacity is not checked.
    /// @param hashes The draft.
    /// @param hash Any word.
    function append(Draft memory hashes, bytes32 hash) internal pure {
        uint256 place = hashes.start + CONSTRUCTOR_LENGTH + HEADER_LENGTH + hashes.count * 32;
        ++hashes.count;
        assembly ("memory-safe") {
            mstore(place, hash)
        }
    }

    function _last20(bytes32 digest) private pure returns (address) {
        return address(uint160(uint256(digest)));
    }
}
