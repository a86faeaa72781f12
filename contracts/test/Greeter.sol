// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Something to put behind a proxy
/// @notice For tests only.
contract Greeter {
    /// @notice What the proxy's own storage holds.
    uint256 public count;

    /// @notice A failure of the implementation's.
    error Unwelcome(address caller);

    /// @notice Takes ether.
    receive() external payable {}

    /// @notice Counts.
    /// @param by How far.
    /// @return The count.
    function add(uint256 by) external payable returns (uint256) {
        count += by;
        return count;
    }

    /// @notice Fails.
    function refuse() external view {
        revert Unwelcome(msg.sender);
    }
}
