// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {HashCode} from "../libraries/HashCode.sol";

/// @title Exposes HashCode
/// @notice For tests only.
contract HashCodeProbe {
    using HashCode for HashCode.Draft;

    /// @notice See {HashCode}.
    /// @param hashes What to store.
    /// @param nonce See {HashCode}.
    function store(bytes32[] calldata hashes, uint256 nonce) external {
        HashCode.Draft memory draft = HashCode.draft(hashes.length);
        for (uint256 i = 0; i < hashes.length; ++i) {
            draft.append(hashes[i]);
        }
        draft.store(nonce);
    }

    /// @notice See {HashCode}.
    /// @param nonce See {HashCode}.
    /// @param place See {HashCode}.
    /// @return See {HashCode}.
    function hashAt(uint256 nonce, uint256 place) external view returns (bytes32) {
        return HashCode.hashAt(nonce, place);
    }

    /// @notice See {HashCode}.
    /// @param nonce See {HashCode}.
    /// @return See {HashCode}.
    function timeOf(uint256 nonce) external view returns (uint40) {
        return HashCode.timeOf(nonce);
    }

    /// @notice See {HashCode}.
    /// @param nonce See {HashCode}.
    /// @return See {HashCode}.
    function accountOf(uint256 nonce) external view returns (address) {
        return HashCode.accountOf(nonce);
    }
}
