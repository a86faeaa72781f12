// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

import {ICartesiApplication} from "../cartesi/ICartesiApplication.sol";

/// @title Who owns a consensus
/// @notice The owner of an Authority submits its claims, and may hand that right over. A Quorum has no owner.
library ConsensusOwner {
    /// @notice Stands for an owner that cannot be told, because the answer is not an address.
    address internal constant UNKNOWN = address(type(uint160).max);

    /// @dev An Authority's answer takes a tenth of it. With less gas the call can fail for that reason alone; then a 63rd of it
    /// at most is left, with which no policy can be created and no caller can act.
    uint256 private constant MAX_GAS = 30_000;

    /// @notice Asks a consensus for its owner. It never reverts, and reads one word of the answer.
    /// @param consensus The consensus.
    /// @return Its owner; zero if it has none: no such function, or a renounced ownership. {UNKNOWN} if the answer is no
    /// address.
    function ownerOf(address consensus) internal view returns (address) {
        bytes4 selector = ICartesiApplication.owner.selector;
        uint256 gasLimit = MAX_GAS;
        bool success;
        uint256 size;
        uint256 word;
        // A call in Solidity would copy the whole answer, however long.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(0, selector)
            success := staticcall(gasLimit, consensus, 0, 4, 0, 32)
            size := returndatasize()
            word := mload(0)
        }
        if (!success || size == 0) return address(0);
        if (size < 32 || word > type(uint160).max) return UNKNOWN;
        return address(uint160(word));
    }
}
