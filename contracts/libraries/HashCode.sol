// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

// The language has no words for an account's code and for writing into a byte string's middle.
// solhint-disable no-inline-assembly

/// @title Hashes that never change, kept as the code of accounts that cannot be called
/// @notice A byte of code costs 200 gas once, a byte of a fresh storage slot 690: what is written once and for ever belongs here.
/// @dev The code is a STOP, the block time (5 bytes), then the hashes. An account's address follows from its creator's nonce,
/// so that a reader needs 5 bytes to find it instead of 20.
library HashCode {
    /// @notice Hashes in memory, before they become code.
    struct Draft {
        uint256 start;
        uint256 count;
    }

    uint256 private constant HEADER_LENGTH = 6;
    /// @dev `PUSH2 length DUP1 PUSH1 10 PUSH0 CODECOPY PUSH0 RETURN`, ten bytes that return all that follows them.
    uint256 private constant CONSTRUCTOR = 0x61_0000_80_60_0a_5f_39_5f_f3;
    uint256 private constant CONSTRUCTOR_LENGTH = 10;

    /// @notice The account could not be made, or has an address that would not be found again.
    error HashesNotStored();

    /// @notice Makes the hashes the code of a new account.
    /// @param hashes The draft; it must not be used again.
    /// @param nonce How many accounts this contract has made, with this one: 1 for the first.
    function store(Draft memory hashes, uint256 nonce) internal {
        uint256 length = HEADER_LENGTH + hashes.count * 32;
        uint256 start = hashes.start;
        // The time is kept for readers; nothing here depends on it.
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
    /// @param place The hash's place in it, from 0.
    /// @return hash The hash; zero or a part of one beyond the end.
    function hashAt(uint256 nonce, uint256 place) internal view returns (bytes32 hash) {
        address account = accountOf(nonce);
        assembly ("memory-safe") {
            extcodecopy(account, 0, add(HEADER_LENGTH, mul(place, 32)), 32)
            hash := mload(0)
        }
    }

    /// @notice Tells when an account was made.
    /// @param nonce The number of the account, from 1.
    /// @return time The block time in seconds since 1970.
    function timeOf(uint256 nonce) internal view returns (uint40 time) {
        address account = accountOf(nonce);
        assembly ("memory-safe") {
            extcodecopy(account, 0, 1, 5)
            time := shr(216, mload(0))
        }
    }

    /// @notice Finds an account.
    /// @dev The last 20 bytes of keccak256(RLP([this contract, nonce])).
    /// @param nonce The number of the account, from 1.
    /// @return Its address, whether or not it has been made.
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

    /// @notice Sets memory aside.
    /// @param capacity How many hashes may be added.
    /// @return hashes An empty draft.
    function draft(uint256 capacity) internal pure returns (Draft memory hashes) {
        bytes memory space = new bytes(CONSTRUCTOR_LENGTH + HEADER_LENGTH + capacity * 32);
        assembly ("memory-safe") {
            mstore(hashes, add(space, 32))
        }
    }

    /// @notice Adds a hash; not more often than the draft has capacity.
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
