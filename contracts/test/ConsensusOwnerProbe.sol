// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ConsensusOwner} from "../libraries/ConsensusOwner.sol";

/// @title Exposes ConsensusOwner
/// @notice For tests only.
contract ConsensusOwnerProbe {
    /// @notice See {ConsensusOwner}.
    /// @param consensus See {ConsensusOwner}.
    /// @return See {ConsensusOwner}.
    function ownerOf(address consensus) external view returns (address) {
        return ConsensusOwner.ownerOf(consensus);
    }
}
